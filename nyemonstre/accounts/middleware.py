"""Each request is done in the name of the person who is logged in, and in their language."""

from django.conf import settings
from django.utils import translation

from nyemonstre.access.wall import acting_as


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user if request.user.is_authenticated else None
        language = self.language(request, user)
        request.LANGUAGE_CODE = language
        with acting_as(user), translation.override(language):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()  # a template rendered after this point would read without an actor
        response.headers.setdefault("Content-Language", language)
        return response

    @staticmethod
    def language(request, user):
        """The person's own choice, then the visitor's cookie, then the municipality's, then bokmål."""
        known = dict(settings.LANGUAGES)
        chosen = (user.language if user else "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in known:
            return chosen
        home = user.home_municipality if user else None
        return home.language if home else settings.LANGUAGE_CODE
