from django.urls import path

from . import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="event_list"),
    path("fil/", views.event_export, name="event_export"),
    path("varsler/", views.alert_list, name="alert_list"),
    path("varsler/<uuid:alert_id>/", views.alert_detail, name="alert_detail"),
]
