from django.conf import settings
from django.urls import path

from nyemonstre.ui import views

app_name = "ui"

urlpatterns = [
    path("sprak/", views.set_language, name="set_language"),
]
if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("galleri/", views.gallery, name="gallery_show"))
