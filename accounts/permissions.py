"""Who may do what with the members of an organisation: one function per question."""

from accounts.models import Organisation, Role, User


def role_of(user: User, organisation: Organisation) -> Role | None:
    """The role of a person in an organisation; None for a stranger."""
    found = organisation.members().filter(user=user).values_list("role", flat=True).first()
    return Role(found) if found else None


def may_decide_on_members(role: Role | None) -> bool:
    """Change roles, take people out, hand over, let people in, confirm the list."""
    return role == Role.OWNER


def roles_to_invite(role: Role | None) -> list[Role]:
    """The roles that a member of this role may give to who is invited."""
    if role == Role.OWNER:
        return list(Role)
    return [Role.VOLUNTEER] if role == Role.MANAGER else []
