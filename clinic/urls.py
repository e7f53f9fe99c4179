"""Every address of the product. Each view declares its policy; see `clinic.policy`."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import path, re_path
from django.views.i18n import set_language

from clinic.views import (
    access,
    agenda,
    appointments,
    clinics,
    courses,
    desk,
    health,
    house,
    papers,
    patients,
    photos,
    protocols,
    series,
    visits,
)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",  # the key holds a hyphen too
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("clinic/", clinics.choose, name="clinic_choose"),
    path("search/", patients.search, name="search"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patients.new, name="patient_new"),
    path("patients/<slug:public_id>/", patients.patient, name="patient"),
    path("patients/<slug:public_id>/edit/", patients.edit, name="patient_edit"),
    path("patients/<slug:public_id>/access/", access.ask, name="record_access"),
    path("work/", courses.work, name="work"),
    path("patients/<slug:public_id>/record/", courses.dossier, name="dossier"),
    path("series/<slug:public_id>/review/", courses.review, name="review"),
    path("patients/<slug:public_id>/photos/", photos.photos, name="photos"),
    path("photos/<slug:public_id>/", photos.photo, name="photo"),
    path("photos/<slug:public_id>/remove/", photos.remove, name="photo_remove"),
    path("photos/<slug:public_id>.jpg", photos.picture, name="photo_picture"),
    path("photos/small/<slug:public_id>.jpg", photos.small, name="photo_small"),
    path("series/new/", series.new, name="series_new"),
    path("series/<slug:public_id>/", series.page, name="series"),
    path("series/<slug:public_id>/plan/", series.plan, name="series_plan"),
    path("series/<slug:public_id>/stop/", series.stop, name="series_stop"),
    path("series/<slug:public_id>/print/", papers.printed, name="series_print"),
    path("series/<slug:public_id>.pdf", papers.pdf, name="series_pdf"),
    path("series/<slug:public_id>.ics", papers.ics, name="series_ics"),
    path("", desk.page, name="desk"),
    path("desk/<slug:which>/", desk.full_list, name="desk_list"),
    path("agenda/", agenda.page, name="agenda"),
    path("agenda/events/", agenda.events, name="agenda_events"),
    path("appointments/<slug:public_id>/", appointments.page, name="appointment"),
    path("appointments/<slug:public_id>/move/", appointments.move, name="appointment_move"),
    path("appointments/<slug:public_id>/cancel/", appointments.cancel, name="appointment_cancel"),
    path("appointments/<slug:public_id>/mark/", appointments.mark, name="appointment_mark"),
    path("visits/new/", visits.new, name="visit_new"),
    path("sessions/<slug:public_id>/<int:number>/book/", visits.session, name="session_book"),
    path("house/", house.page, name="house"),
    path("protocols/", protocols.protocols, name="protocols"),
    path("protocols/<slug:slug>/", protocols.protocol, name="protocol"),
    path(
        "protocols/<slug:slug>/<int:version>/",
        protocols.protocol_version,
        name="protocol_version",
    ),
    path("settings/", admin.site.urls),
]
