"""Simple classifiers on one vector a clip: what a network has to beat.

Each takes vectors such as `emolib.features.audio.statistics` gives and class
names or numbers, and answers `predict_proba`, whose columns follow its
`classes_`. All standardise the vectors by the training items' mean and spread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def linear() -> Pipeline:
    """Multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return _standardised(LogisticRegression(max_iter=2000))


def svm(seed: int = 0, kernel: str = "rbf") -> Pipeline:
    """Support vector machine with a Gaussian or another kernel.

    A support vector machine gives no probabilities of its own: its scores are
    turned into some by a sigmoid a class, fitted on held-out thirds of the
    training items, so each class needs three. The class it predicts is the most
    probable one.

    Args:
        seed: decides which training items fall into which third.
        kernel: "rbf" is the Gaussian one; "linear" none.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    thirds = StratifiedKFold(3, shuffle=True, random_state=seed)
    machine = SVC(C=10, kernel=kernel)
    return _standardised(CalibratedClassifierCV(machine, cv=thirds, ensemble=False))


def nearest(neighbours: int = 1) -> Pipeline:
    """The class of the nearest training item, or most of the nearest few.

    With one it has nothing to learn and so cannot generalise: where it scores high,
    test items have near copies among the training items.
    """
    from sklearn.neighbors import KNeighborsClassifier

    return _standardised(KNeighborsClassifier(n_neighbors=neighbours))


def _standardised(classifier) -> Pipeline:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), classifier)
