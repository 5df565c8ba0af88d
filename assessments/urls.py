from django.urls import path

from . import views

app_name = "assessments"
urlpatterns = [
    path("<uuid:family_id>/", views.family_tab, name="family_tab"),
    path("<uuid:family_id>/ny/", views.sitting_start, name="sitting_start"),
    path("<uuid:family_id>/endring/", views.change, name="change"),
    path("<uuid:family_id>/monster/", views.pattern, name="pattern"),
    path("<uuid:family_id>/fit/", views.fit_list, name="fit_list"),
    path("<uuid:family_id>/fit/ny/", views.fit_new, name="fit_new"),
    path("<uuid:family_id>/<uuid:sitting_id>/", views.sitting_detail, name="sitting_detail"),
    path("<uuid:family_id>/<uuid:sitting_id>/fullfor/", views.sitting_complete, name="sitting_complete"),
    path("<uuid:family_id>/<uuid:sitting_id>/avbryt/", views.sitting_abandon, name="sitting_abandon"),
    path("<uuid:family_id>/<uuid:sitting_id>/<str:who>/<slug:part>/", views.sitting_member, name="sitting_member"),
]
