"""The addresses of a demo: the project's own, and the demo's."""

from django.urls import include, path

from nyemonstre import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
urlpatterns = [path("", include(urls.urlpatterns)), path("demo/", include("nyemonstre.demo.urls"))]
