import zipfile
from html import unescape
from io import BytesIO

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from destinations.kind.check import check_definition
from destinations.models import KindVersion
from destinations.portal import drafts

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" fill="#046"/></svg>'
KIND = {
    "name": "Acme",
    "category": "CRM",
    "summary": "Sends.",
    "parameters": [{"name": "key", "label": "Key"}],
    "request": {"url": "https://api.example.com/${parameters.key}"},
}


def packed(files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        for name, content in files.items():
            folder.writestr(name, content)
    return out.getvalue()


def written(template='{"a": 1}', **changes):
    return {"kind.yaml": yaml.safe_dump(KIND | changes), "payload.ftl": template}


@pytest.fixture
def take_in(admin_client, project):
    def post(name, data):
        upload = SimpleUploadedFile(name, data)
        return admin_client.post(reverse("portal_import", args=[project.slug]), {"file": upload})

    return post


def test_out_and_in_again(admin_client, draft, project, take_in, author):
    draft.logo = SVG
    draft.save()
    out = admin_client.get(reverse("portal_file", args=[project.slug, draft.kind_id]))
    assert 'filename="acme-crm.zip"' in out["Content-Disposition"]
    assert take_in("acme-crm.zip", out.content).status_code == 302
    again = KindVersion.objects.latest("pk")
    assert again.kind.slug == "acme-crm-2"
    assert again.definition == draft.definition
    assert check_definition("acme-crm-2", again.definition, bytes(again.logo)) == []


def test_one_file(take_in):
    assert take_in("kind.yaml", yaml.safe_dump(KIND).encode()).status_code == 302
    assert KindVersion.objects.get().definition["name"] == "Acme"


TWICE = [{"name": "key"}, {"name": "Key"}]
BAD = {
    "no zip": (b"PK what", "This is no zip that can be read."),
    "no kind.yaml": (packed({"payload.ftl": "{}"}), "kind.yaml:1: The file is missing."),
    "paths outside": (packed(written() | {"../evil.yaml": "a: 1"}), "leads out of the folder"),
    "a file too many": (packed(written() | {"run.py": "print()"}), "No such file belongs to a kind."),
    "no logo": (packed(written() | {"logo.png": b"GIF89a"}), "The logo is neither SVG nor PNG."),
    "script in SVG": (
        packed(written() | {"logo.svg": SVG.replace(b"<rect", b"<script>alert(1)</script><rect")}),
        "The SVG has the element <script>",
    ),
    "template error": (packed(written('{"a": ${input.}')), "payload.ftl:1:"),
    "undeclared parameter": (packed(written('{"a": "${parameters.other}"}')), "other is used and not declared"),
    "duplicate name": (packed(written(parameters=TWICE)), "is declared twice"),
    "unknown key": (packed(written(colour="red")), "“colour” is not a known key."),
    "a host that moves": (packed(written(request={"url": "https://${parameters.key}.example.com"})), "kind.yaml:"),
    "too long a summary": (packed(written(summary="x" * 200)), "This has 200 characters"),
}


@pytest.mark.parametrize(("data", "words"), BAD.values(), ids=BAD)
def test_malformed_ones_say_what_is_wrong(data, words, take_in):
    response = take_in("acme.zip", data)
    text = unescape(response.content.decode())
    assert response.status_code == 200
    assert words in text
    assert "Nothing was imported." in text
    assert not KindVersion.objects.exists()


LOGOS = {
    "no picture": (b"hello", "The logo is neither SVG nor PNG."),
    "script": (SVG.replace(b"<rect", b"<script/><rect"), "The SVG has the element <script>"),
    "too big": (SVG + b" " * 300_000, "at most 262,144 are allowed"),
    "not square": (SVG.replace(b"0 0 48 48", b"0 0 480 48"), "The logo is 480 by 48."),
}


@pytest.mark.parametrize(("data", "words"), LOGOS.values(), ids=LOGOS)
def test_bad_logos_are_refused(data, words, admin_client, draft, project):
    url = reverse("portal_kind", args=[project.slug, draft.kind_id])
    response = admin_client.post(url, {"name": "Acme", "logo": SimpleUploadedFile("logo.svg", data)})
    assert words in unescape(response.content.decode())
    draft.refresh_from_db()
    assert bytes(draft.logo) == b""


def test_a_logo_is_kept_until_it_is_removed(admin_client, draft, project, definition, author):
    drafts.keep(draft, definition, drafts.given_of(draft), SVG, author)
    address = reverse("portal_logo", args=[project.slug, draft.kind_id])
    assert b"#046" in admin_client.get(address).content
    admin_client.post(reverse("portal_kind", args=[project.slug, draft.kind_id]), {"name": "Zebra", "drop_logo": "on"})
    assert b">Z<" in admin_client.get(address).content
