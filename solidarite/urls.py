"""Every address of the portal: French paths, English names."""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path

from accounts.gates import lacks_second_factor
from accounts.models import User
from accounts.views import recovery
from accounts.views.addresses import Addresses
from accounts.views.language import mail_language
from accounts.views.preferences import own_preferences
from accounts.views.signup import SignUp
from solidarite import dev, discovery, installed, mailroom, views
from solidarite.gallery import gallery
from solidarite.guides import guide
from solidarite.moderation import abuse
from solidarite.moderation import views as moderation

# Staff sign in as everybody does, with the same second factor and the same limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents


def may_administrate(request: HttpRequest) -> bool:
    """Active staff with a second factor."""
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff and not lacks_second_factor(user)


admin.site.has_permission = may_administrate  # type: ignore[method-assign]  # the one question that the site asks

# A lost second factor takes two operators, under /pilotage/: here one person would remove it alone.
admin.site.unregister(Authenticator)

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
    path("moderation/suivant/", moderation.take_next, name="moderation_next"),
    path("moderation/lot/", moderation.batch, name="moderation_batch"),
    path("moderation/organisations/", moderation.search, name="moderation_search"),
    path("moderation/fiabilite/<str:kind>/<slug:slug>/", moderation.reliability, name="moderation_reliability"),
    path("moderation/<str:kind>/<int:pk>/", moderation.file, name="moderation_file"),
    path("moderation/<str:kind>/<int:pk>/prendre/", moderation.claim, name="moderation_claim"),
    path("moderation/<str:kind>/<int:pk>/rendre/", moderation.release, name="moderation_release"),
    path("moderation/<str:kind>/<int:pk>/decider/", moderation.decide, name="moderation_decide"),
    path("moderation/<str:kind>/<int:pk>/registre/", moderation.ask_registry, name="moderation_registry"),
    path("moderation/<str:kind>/<int:pk>/reunir/", moderation.merge, name="moderation_merge"),
    path("pilotage/seconds-facteurs/", recovery.recoveries, name="recoveries"),
    path("pilotage/seconds-facteurs/<int:recovery_id>/confirmer/", recovery.confirm, name="recovery_confirm"),
    path("pilotage/courriels/", mailroom.mailroom, name="mailroom"),
    path("pilotage/courriels/<slug:template>/html/", mailroom.mail_preview_html, name="mail_preview_html"),
    path("signaler/", abuse.report, name="report_abuse"),
    path("recours/<str:kind>/<int:pk>/", abuse.appeal, name="appeal"),
    path("courriels/", include("mail.urls")),
    path("ouvrir-vos-portes/", guide, {"template": "guides/companies.html"}, name="for_companies"),
    path("reserver-une-salle-equipee/", guide, {"template": "guides/associations.html"}, name="for_associations"),
    path("accompagner/", guide, {"template": "guides/volunteers.html"}, name="for_volunteers"),
    path("aide/", guide, {"template": "guides/help.html"}, name="help"),
    path("plan-du-site/", guide, {"template": "guides/map.html"}, name="site_map"),
    path("aide/animer-un-atelier/", guide, {"template": "guides/workshop.html"}, name="running_a_workshop"),
    path("sante/", views.health, name="health"),
    path("robots.txt", discovery.robots, name="robots"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("partage.png", discovery.card, name="share_card"),
    path("application.webmanifest", installed.manifest, name="manifest"),
    path("icone-<int:size>.png", installed.icon, name="icon"),
    path("worker.js", installed.worker, name="worker"),
    path("hors-ligne/", installed.offline, name="offline"),
    path("mentions-legales/", views.legal_notice, name="legal_notice"),
    path("confidentialite/", views.privacy, name="privacy"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("compte/langue/", mail_language, name="mail_language"),
    path("compte/mes-donnees.json", views.export_own_data, name="own_data"),
    path("compte/courriels/", own_preferences, name="own_preferences"),
    path("compte/email/", Addresses.as_view(), name="account_email"),
    path("compte/signup/", SignUp.as_view(), name="account_signup"),
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
