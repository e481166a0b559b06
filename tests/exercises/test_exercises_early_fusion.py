"""A reference, another right way and wrong answers for each exercise of chapter D."""

import colorsys

import cv2
import numpy as np
import pandas as pd
from answers import also, hold
from sklearn.model_selection import GroupKFold, train_test_split

from emolib.exercises import early_fusion as exercises
from emolib.features import flow
from emolib.models import early_fusion


def test_one_window_by_least_squares():
    def solved(across, down, later):
        A = np.stack([across, down], axis=1)
        return np.linalg.solve(A.T @ A, -A.T @ later)

    def pseudo(across, down, later):
        return tuple(-np.linalg.pinv(np.c_[across, down]) @ later)

    def two(across, down, later):
        return np.linalg.solve(np.c_[across, down][:2], -later[:2])

    def each_alone(across, down, later):
        return -(later / across).mean(), -(later / down).mean()

    wrong = [
        lambda *given: -solved(*given),
        lambda *given: solved(*given)[::-1],
        lambda *given: solved(*given)[0],
        two, each_alone, (0.3, -0.2),
    ]  # fmt: skip
    hold(exercises.check_1, solved, wrong)
    also(exercises.check_1, pseudo)


def test_the_colour_of_a_motion():
    def by_wheel(u, v, scale):
        hue = np.degrees(np.arctan2(v, u)) % 360
        value = min(np.hypot(u, v) / scale, 1)
        return [255 * part for part in colorsys.hsv_to_rgb(hue / 360, 1, value)]

    def by_opencv(u, v, scale):
        length, angle = cv2.cartToPolar(np.float32([u]), np.float32([v]))
        value = min(float(length[0, 0]) / scale, 1) * 255
        hsv = np.uint8([[[round(float(angle[0, 0]) * 90 / np.pi), 255, value]]])
        return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0]

    def turned(u, v, scale):
        return by_wheel(u, -v, scale)

    def by_saturation(u, v, scale):
        hue = np.arctan2(v, u) / (2 * np.pi) % 1
        share = min(np.hypot(u, v) / scale, 1)
        return 255 * np.array(colorsys.hsv_to_rgb(hue, share, 1))

    def uncapped(u, v, scale):
        hue = np.arctan2(v, u) / (2 * np.pi) % 1
        return 255 * np.array(colorsys.hsv_to_rgb(hue, 1, np.hypot(u, v) / scale))

    def in_bgr(u, v, scale):
        return by_wheel(u, v, scale)[::-1]

    wrong = [turned, by_saturation, uncapped, in_bgr, lambda *_: 0, "red"]
    hold(exercises.check_2, by_wheel, wrong)
    also(exercises.check_2, by_opencv)
    also(exercises.check_2, lambda u, v, s: flow.drawn(np.array([[[u, v]]]), s))


def test_the_weights_of_the_first_dense_layer():
    def counted(pixels):
        for _ in range(5):
            pixels //= 2
        return pixels**2 * 512 * 2048 + 2048

    def built(pixels):
        model = early_fusion.reduced_vgg((pixels, pixels, 3), 5)
        return next(
            layer for layer in model.layers if getattr(layer, "units", 0) == 2048
        ).count_params()

    wrong = [
        lambda pixels: counted(pixels) - 2048,
        lambda pixels: pixels // 32 * 512 * 2048 + 2048,
        lambda pixels: (pixels // 16) ** 2 * 512 * 2048 + 2048,
        lambda pixels: round((pixels / 32) ** 2 * 512 * 2048) + 2048,
        lambda pixels: pixels**2 * 3 * 2048 + 2048,
        2_099_200,
    ]
    hold(exercises.check_3, counted, wrong)
    assert built(64) == counted(64)
    also(exercises.check_3, lambda pixels: ((pixels >> 5) ** 2 * 512 + 1) << 11)


def test_copies_stay_with_their_clip():
    def by_clip(items):
        clips = items["clip"].unique()
        drawn = np.random.default_rng(0).choice(clips, len(clips) // 5, replace=False)
        tested = items["clip"].isin(drawn).to_numpy()
        return np.flatnonzero(~tested), np.flatnonzero(tested)

    def by_group(items):
        return next(GroupKFold(5).split(items, groups=items["clip"]))

    def by_item(items):
        return train_test_split(np.arange(len(items)), test_size=0.2, random_state=0)

    def originals_tested(items):
        copies = (items["copy"] > 0).to_numpy()
        return np.flatnonzero(copies), np.flatnonzero(~copies)

    def last_fifth(items):  # right while the copies of a clip stand together
        first = len(items) * 4 // 5
        return np.arange(first), np.arange(first, len(items))

    def without_copies(items):
        train, test = by_clip(items)
        return train, test[items["copy"].to_numpy()[test] == 0]

    def half(items):
        clips = sorted(items["clip"].unique())[::2]
        tested = items["clip"].isin(clips).to_numpy()
        return np.flatnonzero(~tested), np.flatnonzero(tested)

    wrong = [
        by_item, originals_tested, last_fifth, without_copies, half,
        lambda items: (np.arange(len(items)), []), lambda items: by_clip(items)[0],
    ]  # fmt: skip
    hold(exercises.check_4, by_clip, wrong)
    also(exercises.check_4, by_group)


CLASSES = exercises._CLASSES


def test_three_frames_without_the_label():
    def surest(table):
        table = table.assign(sure=table[CLASSES].max(axis=1))
        best = table.sort_values("sure", ascending=False).groupby("clip").head(3)
        return best.groupby("clip")["frame"].apply(list).to_dict()

    def in_a_loop(table):
        found = {}
        for clip in set(table["clip"]):
            part = table[table["clip"] == clip]
            order = part[CLASSES].to_numpy().max(axis=1).argsort()[-3:]
            found[clip] = part["frame"].to_numpy()[order]
        return found

    def of_own_class(table):
        own = table.apply(lambda row: row[row["label"]], axis=1)
        best = table.assign(own=own).sort_values("own").groupby("clip").tail(3)
        return best.groupby("clip")["frame"].apply(list).to_dict()

    def least_sure(table):
        table = table.assign(sure=table[CLASSES].max(axis=1))
        worst = table.sort_values("sure").groupby("clip").head(3)
        return worst.groupby("clip")["frame"].apply(list).to_dict()

    def middle(table):
        return {
            clip: sorted(part["frame"])[1:4] for clip, part in table.groupby("clip")
        }

    def two(table):
        return {clip: some[:2] for clip, some in surest(table).items()}

    wrong = [of_own_class, least_sure, middle, two, lambda table: table, 3]
    hold(exercises.check_5, surest, wrong)
    also(exercises.check_5, in_a_loop)


def test_a_clip_is_the_mean_of_its_segments():
    def by_loop(vectors, clips):
        return {clip: vectors[clips == clip].mean(axis=0) for clip in set(clips)}

    def by_pandas(vectors, clips):
        return pd.DataFrame(vectors).groupby(clips).mean()

    def summed(vectors, clips):
        return {clip: vectors[clips == clip].sum(axis=0) for clip in set(clips)}

    def most(vectors, clips):
        return {clip: vectors[clips == clip].max(axis=0) for clip in set(clips)}

    def whole(vectors, clips):
        return {clip: vectors[clips == clip].mean() for clip in set(clips)}

    def in_order(vectors, clips):
        parts = np.array_split(vectors, 3)
        names = sorted(set(clips))
        return {n: p.mean(axis=0) for n, p in zip(names, parts, strict=True)}

    wrong = [summed, most, whole, in_order, lambda vectors, clips: vectors, 0]
    hold(exercises.check_6, by_loop, wrong)
    also(exercises.check_6, by_pandas)
