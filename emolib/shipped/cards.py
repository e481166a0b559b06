"""What stands on the cards of the shipped models and is not measured."""

from __future__ import annotations

ABOUT = {
    "voice": {
        "name": "voice",
        "title": "Seven emotions in a voice",
        "classes": "neutral, happy, sad, angry, fearful, disgusted, bored",
        "how": (
            "Functionals of MFCCs, pitch, level and pace where it sounds; logistic "
            "regression; a temperature, and a threshold below which it abstains."
        ),
        "data": "EmoDB: ten actors, ten German sentences, chosen by listeners",
        "licence": "CC0 1.0",
        "attribution": "Burkhardt, Paeschke, Rolfes, Sendlmeier and Weiss (2005)",
        "cite": "burkhardt2005emodb",
        "url": "http://emodb.bilderbar.info",
        "not": [
            "It hears how an actor spoke a sentence on demand, not what anybody feels.",
            "It knows ten people, one language and one quiet studio.",
            "It can say one of seven words and nothing else: surprise becomes another.",
            "It is not to be used on anybody who has not asked for it.",
        ],
    },
    "smile": {
        "name": "smile",
        "title": "Whether a face smiles",
        "classes": "no smile, smile",
        "how": (
            "Face and eyes by OpenCV's cascades, turned upright; histograms of "
            "oriented gradients and the mouth in small; logistic regression; a "
            "temperature, and a threshold below which it abstains."
        ),
        "data": "Face Research Lab London Set: 102 people, neutral and smiling",
        "licence": "CC BY 4.0",
        "attribution": (
            "DeBruine and Jones (2017), Face Research Lab London Set, CC BY 4.0; "
            "the weights were computed from its pictures, which are not contained"
        ),
        "cite": "debruine2017london",
        "url": "https://doi.org/10.6084/m9.figshare.5047666",
        "not": [
            "A smile is a movement of the face; who is happy it cannot say.",
            "Everybody it knows posed in front of one camera, in one light.",
            "Most of them are white and young adults; the other groups are few.",
            "Asked for were 93 right of a hundred, people apart; it has fewer.",
            "It is not to be used on anybody who has not asked for it.",
        ],
    },
}
