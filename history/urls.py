from django.urls import path

from .views import changes

app_name = "history"

ONE = "familier/<uuid:family_id>/"

urlpatterns = [
    path(ONE + "endringer/", changes.change_list, name="change_list"),
    path(ONE + "endringer/<uuid:row_id>/", changes.row_changes, name="row_changes"),
]
