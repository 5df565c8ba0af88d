from django.urls import path

from .views import changes, insight

app_name = "history"

ONE = "familier/<uuid:family_id>/"

urlpatterns = [
    path(ONE + "endringer/", changes.change_list, name="change_list"),
    path(ONE + "endringer/<uuid:row_id>/", changes.row_changes, name="row_changes"),
    path(ONE + "innsyn/", insight.family_insight, name="family_insight"),
    path(ONE + "innsyn/fil/", insight.family_insight_pdf, name="family_insight_pdf"),
    path("logg/familie/<str:code>/", insight.insight_by_code, name="insight_by_code"),
    path("logg/familie/<str:code>/fil/", insight.insight_by_code_pdf, name="insight_by_code_pdf"),
]
