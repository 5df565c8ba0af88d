from django.urls import path

from .views import confirm, entry, municipality, own, people, sessions, work_account

app_name = "accounts"
urlpatterns = [
    path("logg-inn/", entry.login, name="login"),
    path("logg-ut/", entry.logout, name="logout"),
    path("jobbkonto/<uuid:provider_id>/", work_account.begin, name="work_account"),
    path("jobbkonto/ferdig/", work_account.done, name="work_account_done"),
    path("invitasjon/<str:uid>/<str:token>/", work_account.invitation, name="invitation"),
    path("sprak/", entry.language_set, name="language_set"),
    path("passord/<str:uid>/<str:token>/", entry.password_set, name="password_set"),
    path("bekreft/", confirm.confirm, name="confirm"),
    path("bekreft/<uuid:held_id>/", confirm.held, name="held"),
    path("profil/", own.profile, name="profile"),
    path("innlogginger/", sessions.session_list, name="session_list"),
    path("innlogginger/andre/", sessions.session_end_others, name="session_end_others"),
    path("innlogginger/<uuid:name>/avslutt/", sessions.session_end, name="session_end"),
    path("fortsett/", sessions.stay, name="stay"),
    path("profil/passord/", own.password_change, name="password_change"),
    path("utkast/", own.draft_save, name="draft_save"),
    path("utkast/kast/", own.draft_discard, name="draft_discard"),
    path("brukere/", people.user_list, name="user_list"),
    path("brukere/ny/", people.user_new, name="user_new"),
    path("brukere/<uuid:user_id>/", people.user_detail, name="user_detail"),
    path("brukere/<uuid:user_id>/stengt/", people.user_active, name="user_active"),
    path("brukere/<uuid:user_id>/jobbkonto/", people.user_unlink, name="user_unlink"),
    path("brukere/<uuid:user_id>/lenke/", people.user_send_link, name="user_send_link"),
    path("kommune/<uuid:municipality_id>/", municipality.municipality, name="municipality"),
    path("roller/<uuid:membership_id>/avslutt/", people.role_end, name="role_end"),
]
