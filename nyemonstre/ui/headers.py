"""What we tell every browser about our pages, beside Django's own headers; and whom we believe about the caller."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

# Nothing here uses a camera, a place or a payment; a script that got in should not either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
        "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")


class HeadersMiddleware:
    """Outermost: static files and error pages get the headers too, and a forged X-Forwarded-… is gone before use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_trusted(request.META.get("REMOTE_ADDR", "")):
            for name in FORWARDED:
                request.META.pop(name, None)
        response = self.get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response


def is_trusted(address: str) -> bool:
    """Is `address` one of our own proxies (settings.NM_TRUSTED_PROXIES)?"""
    try:
        place = ip_address(address)
    except ValueError:
        return False
    return any(place in network for network in settings.NM_TRUSTED_PROXIES)


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: the last address in X-Forwarded-For that is no proxy of ours, else the peer's.

    What stands further left was written by the caller and is not believed.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not is_trusted(peer):
        return peer
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return next((hop for hop in reversed(hops) if _is_address(hop) and not is_trusted(hop)), peer)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
