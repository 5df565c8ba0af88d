"""Each request gets a number of its own, which stands in the log of events, in the log lines and in the answer."""

from django.http import HttpRequest, HttpResponse

from nyemonstre.ui.headers import address_of

from .origin import coming_from


class OriginMiddleware:
    """Stands near the top, so that nothing a request causes is without its number."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(address_of(request)) as origin:
            response = self.get_response(request)
        response.headers["X-Request-ID"] = str(origin.request_id)
        return response
