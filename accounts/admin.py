"""Accounts as operators see them."""

from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Rights and state of an account; passwords are changed by the person alone."""

    list_display = ("email", "name", "is_moderator", "is_staff", "is_active", "date_joined")
    list_filter = ("is_moderator", "is_staff", "is_active")
    search_fields = ("email", "name")
    fields = (
        "email",
        "name",
        "language",
        "is_active",
        "is_moderator",
        "moderated_departements",
        "is_staff",
        "is_superuser",
        "last_login",
        "date_joined",
    )
    filter_horizontal = ("moderated_departements",)
    readonly_fields = ("last_login", "date_joined")
