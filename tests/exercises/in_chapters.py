"""Answers as a chapter's own cells make them possible.

The references beside this file are given small stand-ins for a chapter's runs and
tables. What somebody who has run the chapter would write instead stands here, for the
instructor's edition, by the number of the exercise.
"""

POSED_GENUINE = {
    3: """
    from dataclasses import replace
    import numpy as np

    def quietly(one):
        last = np.flatnonzero(one.any(axis=(0, 2)))[-1]
        filled = one.copy()
        filled[:64, last + 1 :] = one[:64, : last + 1].min()
        return filled

    sounds_read = np.asarray(heard.x)
    quiet_filling = replace(heard, x=np.stack([quietly(one) for one in sounds_read]))
    """,
}

SPEECH_AND_STILLS = {
    2: """
    from dataclasses import replace
    import numpy as np

    near_one = replace(heard, x=heard.x / np.std(heard.x))
    near_one_run = study.run("speech-smaller", near_one, literal, drawn)
    smaller_numbers = near_one, near_one_run
    """,
    4: """
    import pandas as pd
    from emolib import protocols

    def both_ways(examples, number):
        dealt = protocols.matched({
            "at random": protocols.RandomItems(0.5, seed=number),
            "people apart": protocols.SubjectKFold(2, seed=number),
        }, examples.items)
        ran = {way: study.run("ten-seeds", examples, linear, rung)
               for way, rung in dealt.items()}
        found = {way: run.metrics["accuracy"]["value"] for way, run in ran.items()}
        return {"seed": number} | found

    ten_seeds = pd.DataFrame([both_ways(coarse(cfe), n) for n in range(1, 11)])
    """,
}

CONFIDENCE_FUSION = {
    2: """
    from scipy import stats

    told_of = plain.predictions
    named = told_of[list(plain.record["space"]["classes"])].idxmax(axis=1)
    of_people = (named == told_of["label"]).groupby(told_of["subject"]).mean()
    error = of_people.std(ddof=1) / len(of_people) ** 0.5
    reach = stats.t.ppf(0.975, len(of_people) - 1) * error
    interval = (of_people.mean() - reach, of_people.mean() + reach)
    """,
    3: """
    one_after_the_other = pieces.windows(voice, space, window, window)
    their_means = one_after_the_other.x[:].mean(axis=1)
    apart_in_time = study.run(
        "windows-apart", replace(one_after_the_other, x=their_means), nearest,
        windows_at_random,
    )
    """,
}

EARLY_FUSION = {
    5: """
    def surest(answers):
        classes = answers.columns.drop(["clip", "frame", "label"])
        sure = answers.assign(sure=answers[classes].max(axis=1))
        first = sure.sort_values("sure", ascending=False).groupby("clip").head(3)
        return first.groupby("clip")["frame"].apply(list).to_dict()

    choose_frames = surest
    """,
}

THE_STUDIO = {
    4: """
    import numpy as np

    def p_of(truth, named):
        lots = np.random.default_rng(0)
        right = np.sum(truth == named)
        shuffled = [np.sum(lots.permutation(truth) == named) for _ in range(999)]
        return (1 + np.sum(np.array(shuffled) >= right)) / 1000
    """,
    7: """
    import numpy as np
    from sklearn.model_selection import cross_val_predict
    from emolib import protocols
    from emolib.models import baselines

    def by_nearest(vectors, protocol):
        folds = protocols.pairs(protocol, items)
        truth = items["emotion"]
        said = cross_val_predict(baselines.nearest(), vectors, truth, cv=folds)
        return np.mean(said == truth)

    def worth_of_meeting(cause):
        seen = (looked_at(cause, 0.0) if cause else looked_at())["face"]
        right = {way: by_nearest(seen, one) for way, one in matched.items()}
        return right["clips apart"] - right["people apart"]

    gaps = {cause: worth_of_meeting(cause) for cause in ("", "identity", "setup")}
    """,
}
