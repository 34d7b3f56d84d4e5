"""What is asked of the search: twenty places, and forty sets of filters."""

# Towns and villages, by INSEE code; half of France lives in places like the first ten.
PLACES = (
    "75056", "13055", "69123", "31555", "59350", "44109", "67482", "35238", "38185", "97411",
    "29019", "63113", "87085", "66136", "10387", "15014", "48095", "23096", "2A004", "97302",
)  # fmt: skip
ALONE = (
    "", "du=2027-01-15", "au=2027-01-15", "moment=soir", "moment=weekend", "moment=semaine", "ordinateurs=6",
    "places=8", "benevoles=1", "theme=email", "reponse=immediate", "reponse=accord", "acces=on", "tri=distance",
)  # fmt: skip
TOGETHER = (
    "moment=soir&ordinateurs=6", "moment=weekend&ordinateurs=6", "moment=soir&reponse=immediate",
    "ordinateurs=8&places=8", "acces=on&benevoles=1", "theme=sante&moment=soir", "theme=email&acces=on",
    "du=2027-01-15&au=2027-01-31", "du=2027-02-01&moment=soir", "du=2027-02-01&moment=weekend&places=10",
    "ordinateurs=12&moment=soir&reponse=immediate", "benevoles=2&theme=bureautique", "acces=on&tri=distance",
    "moment=soir&tri=distance", "ordinateurs=6&tri=distance&reponse=immediate", "moment=semaine&places=12",
    "moment=weekend&acces=on&benevoles=1", "du=2027-01-01&au=2027-01-07&ordinateurs=6",
    "reponse=immediate&ordinateurs=4&places=6", "moment=soir&acces=on&ordinateurs=6&benevoles=1",
    "theme=insertion_professionnelle&ordinateurs=6&moment=soir", "places=16&ordinateurs=16",
    "ordinateurs=24&moment=weekend", "du=2027-04-01&places=8", "au=2026-12-20&moment=soir",
    "du=2027-03-01&au=2027-03-31&tri=distance",
)  # fmt: skip
# Without a place, where little fits.
ANYWHERE = (
    "", "benevoles=9", "ordinateurs=400", "ordinateurs=60&moment=weekend", "places=100&acces=on",
    "theme=intelligence_artificielle&benevoles=5", "theme=intelligence_artificielle&ordinateurs=40", "departement=976",
    "departement=48&theme=sante", "commune=insee-48095", "commune=insee-75056&benevoles=9", "moment=soir&places=60",
)  # fmt: skip
RADIUS = "rayon=30"
SETS = (*ALONE, *TOGETHER)


def search(place: str, asked: str = "") -> str:
    """The address of the search around a commune, by its INSEE code."""
    return f"/creneaux/?lieu=insee-{place}&{RADIUS}" + (f"&{asked}" if asked else "")
