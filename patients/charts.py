"""The codes that records are written in, each with its word: places, techniques, signs.

Places are those of the two charts that are tapped, a face and a body (front and back); left and
right are the patient's own. Techniques and depths: the glossary. Signs: the leaflet's (user-001).
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

FACE: Words = {
    "scalp-front": _("Scalp, front"),
    "scalp-crown": _("Scalp, crown"),
    "forehead": _("Forehead"),
    "glabella": _("Between the eyebrows"),
    "temple-right": _("Right temple"),
    "temple-left": _("Left temple"),
    "eye-right": _("Around the right eye"),
    "eye-left": _("Around the left eye"),
    "cheek-right": _("Right cheek"),
    "cheek-left": _("Left cheek"),
    "nasolabial-right": _("Right nasolabial fold"),
    "nasolabial-left": _("Left nasolabial fold"),
    "lips": _("Around the mouth"),
    "chin": _("Chin"),
    "jaw-right": _("Right jawline"),
    "jaw-left": _("Left jawline"),
    "neck-front": _("Neck, front"),
}
BODY_FRONT: Words = {
    "decollete": _("Décolleté"),
    "shoulder-right": _("Right shoulder"),
    "shoulder-left": _("Left shoulder"),
    "arm-right": _("Right arm"),
    "arm-left": _("Left arm"),
    "elbow-right": _("Right elbow"),
    "elbow-left": _("Left elbow"),
    "wrist-right": _("Right wrist"),
    "wrist-left": _("Left wrist"),
    "hand-right": _("Back of the right hand"),
    "hand-left": _("Back of the left hand"),
    "abdomen": _("Abdomen"),
    "hip-right": _("Right hip"),
    "hip-left": _("Left hip"),
    "thigh-right": _("Right thigh"),
    "thigh-left": _("Left thigh"),
    "knee-right": _("Right knee"),
    "knee-left": _("Left knee"),
    "ankle-right": _("Right ankle"),
    "ankle-left": _("Left ankle"),
    "foot-right": _("Right foot"),
    "foot-left": _("Left foot"),
}
BODY_BACK: Words = {
    "scalp-back": _("Scalp, back"),
    "neck-back": _("Neck, back"),
    "back-upper": _("Upper back"),
    "back-middle": _("Middle of the back"),
    "back-lower": _("Lower back"),
    "buttock-left": _("Left buttock"),
    "buttock-right": _("Right buttock"),
    "hamstring-left": _("Back of the left thigh"),
    "hamstring-right": _("Back of the right thigh"),
    "calf-left": _("Left calf"),
    "calf-right": _("Right calf"),
    "heel-left": _("Left heel"),
    "heel-right": _("Right heel"),
}
PLACES: Words = FACE | BODY_FRONT | BODY_BACK

TECHNIQUES: Words = {
    "nappage": _("Nappage"),
    "point_by_point": _("Point by point"),
    "papule": _("Papules"),
    "gun": _("Gun"),
    "microneedling": _("Micro-needling"),
    "no_product": _("No product used"),
}

EXPECTED_SIGNS: Words = {
    "redness": _("Redness"),
    "swelling": _("Swelling"),
    "papules": _("Papules"),
    "bruise": _("Bruise"),
    "tingling": _("Tingling, warmth, tightness"),
    "pain": _("Pain"),
    "itching": _("Itching"),
    "bleeding": _("Bleeding"),
    "faintness": _("Faintness"),
    "nodule": _("Nodule"),
}
ALERT_SIGNS: Words = {
    "intense_redness": _("Intense redness"),
    "local_heat": _("Local heat"),
    "rising_pain": _("Rising pain"),
    "pus": _("Pus"),
    "general_rash": _("Rash all over"),
    "intense_itching": _("Intense itching"),
    "abnormal_swelling": _("Abnormal swelling"),
    "hard_nodule": _("Hard nodule or induration"),
    "breathing": _("Trouble breathing"),
    "face_swelling": _("Swelling of the face or throat"),
}
SIGNS: Words = EXPECTED_SIGNS | ALERT_SIGNS


def named(codes: list[str], words: Words) -> list[str]:
    """The words of these codes, in the order of the chart; a code that is none is left out."""
    return [str(word) for code, word in words.items() if code in codes]
