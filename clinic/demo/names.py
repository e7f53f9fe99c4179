"""Names that a front desk in Paris reads in a year, in the scripts that they are written in."""

# ruff: noqa: SIM905  a list of words reads best as words

WOMEN = (
    "Camille Léa Manon Chloé Inès Sarah Juliette Louise Alice Emma Clara Jeanne Charlotte Margaux "
    "Pauline Mathilde Élodie Céline Aurélie Nathalie Isabelle Sandrine Valérie Sophie Catherine "
    "Christine Véronique Brigitte Monique Françoise Martine Sylvie Anne-Sophie Marie-Claude "
    "Fatima Aïcha Yasmine Nadia Leïla Samira Khadija Aminata Fatoumata Awa Mariam Rokia Thị-Mai "
    "Linh Mei Xiu Ewa Agnieszka Zofia Ioana Elena Svetlana Olga Ana Carla Beatriz Lucía Giulia "
    "Chiara Siobhán Aoife Zoë Maëlys Noémie Solène Gwenaëlle Maud Ségolène Ghislaine Odile"
).split()
MEN = (
    "Thomas Lucas Hugo Louis Jules Gabriel Arthur Antoine Nicolas Julien Alexandre Maxime Vincent "
    "Olivier Philippe Laurent Stéphane Frédéric Christophe Pascal Jean-Pierre Jean-Luc François "
    "Mehdi Karim Youssef Rachid Moussa Ibrahima Cheikh Minh Wei Piotr Andrei Diego Matteo Seán "
    "Loïc Yann Gaël Benoît Cédric Rémi Raphaël Joël André Gérard"
).split()
FAMILIES = (
    "Martin,Bernard,Thomas,Petit,Robert,Richard,Durand,Dubois,Moreau,Laurent,Simon,Michel,Lefèvre,"
    "Leroy,Roux,David,Bertrand,Morel,Fournier,Girard,Bonnet,Dupont,Lambert,Fontaine,Rousseau,"
    "Vincent,Muller,Lefebvre,Faure,André,Mercier,Blanc,Guérin,Boyer,Garnier,Chevalier,François,"
    "Legrand,Gauthier,Garcia,Perrin,Robin,Clément,Morin,Nicolas,Henry,Roussel,Mathieu,Gautier,"
    "Masson,Marchand,Duval,Denis,Dumont,Marie,Lemaire,Noël,Meyer,Dufour,Meunier,Brun,Blanchard,"
    "Giraud,Joly,Rivière,Lucas,Brunet,Gaillard,Barbier,Arnaud,Martinez,Gérard,Roche,Renard,Schmitt,"
    "Roy,Leroux,Colin,Vidal,Caron,Picard,Roger,Fabre,Aubert,Lemoine,Renaud,Dumas,Lacroix,Olivier,"
    "Philippe,Bourgeois,Pierre,Benoît,Rey,Leclerc,Payet,Rolland,Leclercq,Guillaume,Lecomte,López,"
    "de La Tour,Le Goff,d’Alençon,O’Brien,Ó Súilleabháin,Nguyễn,Trần,Lê,Phạm,Benali,Bensaïd,"
    "El Amrani,Haddad,Traoré,Diallo,Koné,N’Diaye,Kouassi,Da Silva,Ferreira,Rodrigues,Fernández,"
    "Rossi,Esposito,Kowalski,Wójcik,Popescu,Ionescu,Horvat,Øster,Çelik,Yılmaz,Öztürk,Cohen,Lévy,"
    "Chen,Wang,Tanaka,Kim,Sharma,Sørensen,Vandenbroucke,Saint-Exupéry,Bordes-Pagès"
).split(",")

# (family name, given name, gender)
OTHER_SCRIPTS = (
    ("Іваненко", "Олена", "female"),
    ("Соколова", "Наталья", "female"),
    ("Παπαδοπούλου", "Ελένη", "female"),
    ("李", "娜", "female"),
    ("王", "伟", "male"),
    ("佐藤", "美咲", "female"),
    ("김", "민지", "female"),
    ("العلوي", "محمد", "male"),
    ("بن صالح", "نور", "female"),
    ("כהן", "יעל", "female"),
    ("शर्मा", "प्रिया", "female"),
    ("สุขใจ", "มาลี", "female"),
    ("Գրիգորյան", "Անահիտ", "female"),
    ("ბერიძე", "ნინო", "female"),
)
STREETS = (
    "rue de Charonne,rue Oberkampf,avenue Parmentier,boulevard Voltaire,rue de la Roquette,"
    "rue du Faubourg-Saint-Antoine,rue de Montreuil,avenue Daumesnil,rue Crozatier,rue Saint-Maur,"
    "rue des Pyrénées,cours de Vincennes,rue de Bagnolet,rue Ledru-Rollin,impasse des Lilas"
).split(",")
TOWNS = (
    ("75011", "Paris"),
    ("75012", "Paris"),
    ("75020", "Paris"),
    ("75003", "Paris"),
    ("94300", "Vincennes"),
    ("93100", "Montreuil"),
    ("94160", "Saint-Mandé"),
)
DESK_NOTES = (
    "Préfère être appelée après 18 h",
    "Besoin du rez-de-chaussée",
    "Vient avec une poussette",
    "Parle surtout anglais",
    "Toujours joindre par SMS",
    "Demande le même praticien",
    "Arrive souvent en avance",
)
