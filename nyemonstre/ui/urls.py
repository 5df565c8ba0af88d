from django.conf import settings
from django.urls import path

from nyemonstre.ui import views

app_name = "ui"

urlpatterns = []
if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("galleri/", views.gallery, name="gallery_show"))
