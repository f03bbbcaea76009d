"""The messages that RudderStack's own page of its webhook destination shows."""

from typing import Any

LIBRARY = {"name": "RudderLabs JavaScript SDK", "version": "1.1.1-rc.2"}
PAGE_URL = {
    "path": "/tests/html/script-test.html",
    "referrer": "http://localhost:1111/tests/html/",
    "search": "",
    "title": "",
    "url": "http://localhost:1111/tests/html/script-test.html",
}
TRAITS = {
    "name": "User name",
    "email": "user@domain.com",
    "plan": "Enterprise",
    "company": {"id": "company-A"},
    "createdAt": "Thu Mar 24 2016 17:46:45 GMT+0000 (UTC)",
}


def _message(kind: str, traits: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {
        "channel": "web",
        "context": {
            "app": {"build": "1.0.0", "namespace": "com.rudderlabs.javascript"} | LIBRARY,
            "traits": traits,
            "library": LIBRARY,
            "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 (KHTML, like Gecko)",
            "locale": "en-US",
            "os": {"name": "", "version": ""},
            "screen": {"density": 1.600000023841858},
            "page": PAGE_URL,
        },
        "type": kind,
        "messageId": "508d5e8c-96e4-4301-bd46-1890dba5c866",
        "originalTimestamp": "2020-04-22T08:06:20.337Z",
        "anonymousId": "21b43de4-3b9b-423f-b51f-794eae31fc03",
        "userId": "my-user-id",
        **own,
        "integrations": {"All": True},
        "sentAt": "2020-04-22T08:06:20.337Z",
    }


IDENTIFY = _message("identify", TRAITS)
PAGE = _message("page", {}, properties=PAGE_URL | {"experiment": {"variant": "old"}})
TRACK = _message(
    "track",
    TRAITS,
    event="Product Purchased",
    properties={"order_ID": "1", "category": "boots", "product_name": "new_boots", "price": 60, "currency": "USD"},
)
MESSAGES = {"identify": IDENTIFY, "page": PAGE, "track": TRACK}
QUERIES = {
    "identify": "company.id=company-A&createdAt=Thu+Mar+24+2016+17%3A46%3A45+GMT%2B0000+%28UTC%29"
    "&email=user%40domain.com&name=User+name&plan=Enterprise",
    "page": "experiment.variant=old&path=%2Ftests%2Fhtml%2Fscript-test.html&referrer=http%3A%2F%2Flocalhost%3A1111"
    "%2Ftests%2Fhtml%2F&search=&title=&url=http%3A%2F%2Flocalhost%3A1111%2Ftests%2Fhtml%2Fscript-test.html",
    "track": "category=boots&currency=USD&order_ID=1&price=60&product_name=new_boots",
}
