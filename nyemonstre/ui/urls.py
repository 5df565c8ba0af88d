from django.conf import settings
from django.urls import path

from nyemonstre.ui import views

app_name = "ui"

urlpatterns = [
    path("tilgjengelighet/", views.accessibility, name="accessibility"),
    path("personvern/", views.privacy, name="privacy"),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("galleri/", views.gallery, name="gallery_show"))
