"""What practitioners of the demonstration write: about nobody, in the words of a busy day."""

FIRST = {
    "skin": (
        "Première séance. Peau terne, ridules des joues ; attentes réalistes, vues ensemble.",
        "Bilan : déshydratation nette, relâchement léger. Protocole et suites expliqués.",
        "Première séance. Photos prises, zones validées devant le miroir.",
        "Peau fine, réactive. On commence doucement, volumes modérés.",
    ),
    "pain": (
        "Douleur mécanique depuis quelques mois, soulagée en partie par le repos. Pas de déficit.",
        "Points douloureux repérés et marqués. Examen sans signe d’alerte.",
        "Douleur ancienne, kinésithérapie en cours. Objectif : reprendre la marche sans gêne.",
        "Douleur au réveil et à l’effort. Traitement par la bouche mal toléré.",
    ),
    "hair": (
        "Chute diffuse depuis l’automne, densité diminuée au sommet. Bilan sanguin demandé.",
        "Première séance. Cuir chevelu sain, test de traction positif au sommet.",
    ),
    "peel": (
        "Teint irrégulier, taches discrètes. Préparation de la peau bien suivie.",
        "Premier peeling. Protection solaire rappelée, pas d’exposition prévue.",
    ),
    "laser": (
        "Phototype III. Zone rasée la veille, test d’il y a dix jours sans réaction.",
        "Phototype II. Paramètres de départ notés sur la machine, refroidissement continu.",
    ),
}
BETTER = {
    "skin": (
        "Bonne hydratation depuis la dernière fois, éclat retrouvé.",
        "Grain plus fin, ridules moins marquées. On poursuit à l’identique.",
        "Résultat visible sur les joues ; on insiste sur le bas du visage.",
        "Tenue correcte entre les séances. Rien à signaler.",
    ),
    "pain": (
        "Nette détente depuis la dernière séance, dort mieux.",
        "Moins de raideur le matin, marche une heure sans gêne.",
        "A pu réduire les antalgiques de moitié. Mêmes points, moins sensibles.",
        "Amélioration qui tient cinq à six jours. On poursuit.",
    ),
    "hair": (
        "Chute ralentie, repousse fine visible au sommet.",
        "Moins de cheveux sur la brosse. Bonne tolérance.",
        "Stable. Photos comparées ensemble.",
    ),
    "peel": (
        "Desquamation légère trois jours, puis teint plus clair.",
        "Bonne tolérance du précédent. Temps de pose allongé d’une minute.",
    ),
    "laser": (
        "Repousse moins dense, poil plus fin. Énergie augmentée d’un cran.",
        "Réduction franche sur les bords. Zone centrale à revoir.",
        "Bonne réponse. Aucune marque depuis la dernière séance.",
    ),
}
NO_BETTER = (
    "Pas d’amélioration ressentie depuis la première séance.",
    "Douleur inchangée, réveils nocturnes. À rediscuter si rien ne bouge.",
    "Soulagement d’une journée seulement, puis retour au même point.",
    "Toujours la même gêne à l’effort. On change les points, même mélange.",
)
ALONGSIDE = (
    "Séance bien supportée.",
    "À jeun : assis cinq minutes avant de repartir.",
    "Rappel : pas de soleil ni de sport jusqu’à demain.",
    "Questions sur les suites : réponses données.",
    "Bon confort pendant toute la séance.",
    "A mangé avant de venir. Rien de nouveau au questionnaire.",
    "Voit son médecin traitant le mois prochain.",
    "Part en voyage : consignes données par écrit.",
    "",
    "",
    "",
)
REACTIONS = (
    (("redness",), "", 30),
    (("papules",), "", 12),
    (("papules", "redness"), "", 10),
    (("redness", "swelling"), "Œdème léger des pommettes, attendu.", 4),
    (("bruise",), "Petite ecchymose, compression froide.", 5),
    (("bleeding",), "", 4),
    (("tingling",), "", 4),
    (("faintness",), "Malaise vagal bref, dix minutes allongé, bien ensuite.", 1),
    ((), "", 30),
)
NEXT = {
    "adapt": (
        "Volume un peu augmenté la prochaine fois.",
        "Ajouter le bas du visage.",
        "Points plus serrés, moins profond.",
    ),
    "review_first": (
        "Me revoir avant de continuer : pas de résultat suffisant.",
        "Refaire le point ensemble avant la suite.",
    ),
}
DRAFTED = (
    "Bonne tolérance, à compléter : lot du second produit",
    "Même schéma que la dernière fois. Voir",
    "Douleur en baisse, points paravertébraux",
)
AMENDED = (
    ("Volume total : 2 ml, et non 1,5 ml.", "Erreur de saisie du volume"),
    ("Zone traitée aussi : menton.", "Zone oubliée"),
    ("Ecchymose signalée le lendemain, résolue seule.", "Information reçue après"),
    ("Aiguille utilisée : 32G 4 mm.", "Matériel mal indiqué"),
    ("Crème posée quarante minutes.", "Durée mal indiquée"),
    ("Ordonnance de crème cicatrisante remise en fin de séance.", "Oubli"),
)
REVIEWED = {
    "clear": (
        "Objectif atteint, satisfaction nette.",
        "Très bon résultat, on espace.",
        "Gêne presque disparue.",
    ),
    "some": (
        "Amélioration réelle, encore un peu de gêne.",
        "Résultat partiel, conforme à ce qui était annoncé.",
    ),
    "none": (
        "Pas de bénéfice net : bilan à reprendre avec le médecin traitant.",
        "Réponse insuffisante, autre schéma proposé.",
    ),
}
