from tests.streamhub.conftest import busy, deliver

__all__ = ["busy", "deliver"]
