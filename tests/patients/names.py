"""Two hundred synthetic names in many scripts: fifty families, each with four given names."""

import unicodedata

FAMILIES = (
    "Dupont", "Lefèvre", "Le Goff", "de La Tour", "d’Angelo", "D'Arcy", "O’Brien", "O'Neill",
    "OBrien", "Müller-Lüdenscheidt", "Größe", "Łukasiewicz", "Dvořák", "Şahin", "İnönü", "Yıldız",
    "Ångström",
    "Ødegård", "Ærø", "Đặng", "Nguyễn", "Trần", "Þórsdóttir", "Guðmundsdóttir", "Ibáñez", "Muñoz",
    "Gonçalves", "Țepeș", "Őry", "Žižek", "Ħaż-Żebbuġ", "Œuvrard", "Nuñez y Ortega", "Ng", "Y",
    "Петров", "Йосипенко", "Παπαδόπουλος", "Ζωή", "الحسن", "فاطمة", "עברי", "王", "欧阳", "山田",
    "김", "हिन्दी", "ไทย", "Սարգսյան", "X" * 80,
)  # fmt: skip
GIVENS = ("Anne-Sophie", "Zoë", "", "Văn An")

NAMES = [(family, given) for family in FAMILIES for given in GIVENS]


def ways_to_type(family: str, given: str) -> set[str]:
    """As people do: any case, without accents or apostrophes, the other way round, half."""
    full = f"{family} {given}".strip()
    bare = "".join(mark for mark in unicodedata.normalize("NFD", full) if mark.isascii())
    typed = {
        full,
        full.upper(),
        full.lower(),
        unicodedata.normalize("NFC", full),
        unicodedata.normalize("NFD", full),
        f"{given} {family}".strip(),
        full.replace("’", "'"),
        full.replace("'", "’"),
        full.replace("-", " "),
        full.replace("’", "").replace("'", ""),
        f"  {full}  ",
        full[:-1] if len(full) > 3 else full,
    }
    is_latin = len(bare) == len(full)
    return typed | ({bare} if is_latin else set())
