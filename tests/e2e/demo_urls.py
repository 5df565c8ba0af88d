"""Every address of a site in demo mode. The tests' own process is not in demo mode, and must know them by name too."""

from django.urls import include, path

from nyemonstre.ui.views import gallery
from nyemonstre.urls import urlpatterns as ours

urlpatterns = [*ours, path("demo/", include("nyemonstre.demo.urls")), path("galleri/", gallery, name="gallery_show")]
