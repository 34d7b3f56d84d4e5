"""Every address of the portal: French paths, English names."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from solidarite import dev, moderation, views
from solidarite.gallery import gallery

# Staff sign in as everybody does, with the same second factor and the same limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("workshops.urls")),
    path("", include("charter.urls")),
    path("entreprises/", include("companies.urls")),
    path("associations/", include("associations.urls")),
    path("entreprises/<slug:slug>/", views.company, name="company"),
    path("associations/<slug:slug>/", views.association, name="association"),
    path("tableau-de-bord/", views.dashboard, name="dashboard"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/signatures/<int:signature_id>/", moderation.signature_file, name="signature_file"),
    path("moderation/signatures/<int:signature_id>/decider/", moderation.signature_decide, name="signature_decide"),
    path("moderation/associations/<int:association_id>/", moderation.association_file, name="association_file"),
    path(
        "moderation/associations/<int:association_id>/decider/",
        moderation.association_decide,
        name="association_decide",
    ),
    path("sante/", views.health, name="health"),
    path("mentions-legales/", views.legal_notice, name="legal_notice"),
    path("confidentialite/", views.privacy, name="privacy"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("compte/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    dev_patterns = [
        path("courriels/", dev.mails, name="mails"),
        path("courriels/<int:message_id>/", dev.mail, name="mail"),
        path("courriels/<int:message_id>/html/", dev.mail_html, name="mail_html"),
        path("composants/", gallery, name="gallery"),
        path("horloge/", dev.clock_forward, name="clock_forward"),
    ]
    urlpatterns.append(path("dev/", include((dev_patterns, "dev"))))
