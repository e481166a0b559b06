"""Training: the same weights again, after any interruption, from any reader."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emolib import EmolibError, UsageError, training
from emolib.training import loop, with_keras, with_torch

ITEMS, BATCH, SEED = 48, 8, 5
BOTH = pytest.mark.parametrize("framework", ["keras", "torch"])

RNG = np.random.default_rng(0)
X = RNG.normal(size=(ITEMS, 6)).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[X[:, :3].argmax(1)]
VALIDATION = (X[:10] + 0.1, Y[:10])
SEEDS = {"keras": with_keras.seed, "torch": with_torch.seed}
OPTIONS = {"validation": VALIDATION, "reduce_rate": (1, 0.5), "stop_after": 3}


def make(framework, seed=SEED):
    """A small model with everything that has a state: dropout, moments, averages."""
    SEEDS[framework](seed)
    if framework == "torch":
        from torch import nn

        return nn.Sequential(
            nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 3)
        )
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        "adam", "categorical_crossentropy", metrics=["accuracy"], jit_compile=False
    )
    return model


def fit(framework, model, x=X, y=Y, **options):
    options = {
        "epochs": 4, "batch": BATCH, "seed": SEED, "progress": False, "save_every": 0
    } | options  # fmt: skip
    return getattr(training, f"fit_{framework}")(model, x, y, **options)


def weights(model):
    if hasattr(model, "get_weights"):
        return model.get_weights()
    return [np.array(tensor) for tensor in model.state_dict().values()]


def same(model, other):
    pairs = zip(weights(model), weights(other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def without_time(history):
    return history.drop(columns="seconds")


class Reader:
    """Stands for a memory map: gives rows when asked, and cannot be copied whole."""

    def __init__(self, array, at_read=lambda rows: None):
        self.array, self.at_read = array, at_read
        self.dtype, self.shape = array.dtype, array.shape

    def __len__(self):
        return len(self.array)

    def __getitem__(self, rows):
        assert len(rows) <= BATCH
        self.at_read(rows)
        return self.array[rows]

    def __array__(self, *args, **kwargs):
        raise AssertionError("the whole array was asked for")


@pytest.fixture(scope="module")
def keras_whole():
    """A training that nothing disturbs."""
    model = make("keras")
    return model, fit("keras", model, **OPTIONS)


@pytest.fixture(scope="module")
def torch_whole():
    model = make("torch")
    return model, fit("torch", model, **OPTIONS)


@pytest.fixture(params=["keras", "torch"])
def whole(request):
    return request.param, *request.getfixturevalue(f"{request.param}_whole")


def in_the_middle_of(epoch, checkpoint, act):
    """Act at the fourth batch of six, once the epoch before is in the checkpoint."""
    seen = []

    def at_read(rows):
        if checkpoint.exists() and epochs_in(checkpoint) == epoch - 1:
            seen.append(rows)
            if len(seen) == 4:
                act()

    return at_read


def epochs_in(checkpoint):
    import json

    from safetensors import safe_open

    with safe_open(checkpoint, framework="numpy") as file:
        return len(json.loads(file.metadata()["rows"]))


def test_history_has_one_row_an_epoch(whole):
    _, _, history = whole
    assert list(history.columns) == [
        *["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "rate", "seconds"]
    ]
    assert list(history.epoch) == [1, 2, 3, 4]
    assert (history.seconds > 0).all()
    assert history.rate[0] == pytest.approx(1e-3)


def test_last_validation_row_is_what_the_model_gives(whole):
    from sklearn.metrics import accuracy_score, log_loss

    framework, model, history = whole
    x, y = VALIDATION
    if framework == "keras":
        answers = model.predict(x, verbose=0)
    else:
        import torch

        assert not model.training
        answers = model(torch.from_numpy(x)).softmax(1).detach().numpy()
    last = history.iloc[-1]
    assert last.val_loss == pytest.approx(log_loss(y.argmax(1), answers), rel=1e-5)
    assert last.val_accuracy == pytest.approx(
        accuracy_score(y.argmax(1), answers.argmax(1))
    )


def test_one_seed_one_result(whole):
    framework, model, history = whole
    again = make(framework)
    assert without_time(fit(framework, again, **OPTIONS)).equals(without_time(history))
    assert same(model, again)


def test_another_seed_another_order():
    model, other = make("torch"), make("torch")
    fit("torch", model, epochs=1)
    fit("torch", other, epochs=1, seed=SEED + 1)
    assert not same(model, other)


def kill_in_epoch_three(checkpoint):
    """Run in a process of its own by the test below."""
    act = in_the_middle_of(3, checkpoint, lambda: os.kill(os.getpid(), signal.SIGKILL))
    fit("keras", make("keras"), Reader(X, act), checkpoint=checkpoint, **OPTIONS)


def test_killed_training_ends_with_the_weights_of_one_that_was_not(
    keras_whole, tmp_path
):
    model, history = keras_whole
    checkpoint = tmp_path / "fold-0.safetensors"
    code = (
        f"import sys, pathlib; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
        "import test_training as t; "
        f"t.kill_in_epoch_three(pathlib.Path({str(checkpoint)!r}))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    assert epochs_in(checkpoint) == 2

    resumed = make("keras", seed=99)  # nothing of the new model's may remain
    again = fit("keras", resumed, checkpoint=checkpoint, **OPTIONS)
    assert same(model, resumed)
    assert without_time(again).equals(without_time(history))

    finished = make("keras", seed=98)  # called once more, there is nothing to do
    assert fit("keras", finished, checkpoint=checkpoint, **OPTIONS).equals(again)
    assert same(model, finished)


def test_interrupt_keeps_the_last_whole_epoch(whole, tmp_path, capsys):
    framework, model, _ = whole
    # A process started in the background of a shell ignores Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    checkpoint = tmp_path / "fold.safetensors"
    options = OPTIONS | {"checkpoint": checkpoint}
    act = in_the_middle_of(3, checkpoint, lambda: signal.raise_signal(signal.SIGINT))
    interrupted = make(framework)
    with pytest.raises(KeyboardInterrupt):
        fit(framework, interrupted, Reader(X, act), **options, progress=True)
    assert "epoch 2 is kept" in capsys.readouterr().err
    two = make(framework)
    fit(framework, two, **(options | {"epochs": 2, "checkpoint": None}))
    assert same(interrupted, two)
    resumed = make(framework, seed=99)
    fit(framework, resumed, **options)
    assert same(resumed, model)


def test_full_disk_says_what_is_kept(torch_whole, tmp_path):
    model, _ = torch_whole
    checkpoint = tmp_path / "fold.safetensors"
    fit("torch", make("torch"), epochs=1, checkpoint=checkpoint, **OPTIONS)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (checkpoint.stat().st_size // 2, hard)
    )  # stands for a full disk: the system refuses to write on
    try:
        with pytest.raises(EmolibError, match="epoch 1 is kept") as failure:
            fit("torch", make("torch"), checkpoint=checkpoint, **OPTIONS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(checkpoint) in str(failure.value)
    assert list(tmp_path.iterdir()) == [checkpoint]
    resumed = make("torch")
    fit("torch", resumed, checkpoint=checkpoint, **OPTIONS)
    assert same(model, resumed)


@BOTH
def test_each_epoch_reads_every_item_once_batch_by_batch(framework, monkeypatch):
    orders = {}

    def note(items, batch, seed=None, epoch=0):
        orders[epoch] = batches(items, batch, seed, epoch)
        return orders[epoch]

    batches = loop.batches
    for module in (with_keras, with_torch):
        monkeypatch.setattr(module, "batches", note)
    read = []
    fit(framework, make(framework), Reader(X, read.append), epochs=2)
    for order in orders.values():
        assert sorted(np.concatenate(order)) == list(range(ITEMS))
        assert all((np.diff(rows) > 0).all() for rows in order)
        assert {tuple(rows) for rows in order} <= {tuple(rows) for rows in read}
    assert not np.array_equal(np.concatenate(orders[0]), np.concatenate(orders[1]))


def test_keras_path_is_kerases_own():
    """With the whole set as one batch order plays no part, so Keras can be asked."""
    import keras

    def settled():
        model = make("keras")
        model.layers[2].rate = 0.0  # no dropout
        # a rate at which the loss rises at times, and plain steps: Adam's would
        # blow the last bits of a gradient near zero up to a full step
        model.compile(
            keras.optimizers.SGD(3.0), "categorical_crossentropy", metrics=["accuracy"]
        )
        return model

    ours, theirs = settled(), settled()
    options = {"epochs": 8, "batch": ITEMS, "validation": VALIDATION}
    history = fit("keras", ours, **options, reduce_rate=(2, 0.5))
    expected = theirs.fit(
        X, Y, batch_size=ITEMS, epochs=8, shuffle=False, verbose=0,
        validation_data=VALIDATION, validation_batch_size=ITEMS,
        callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2, factor=0.5)],
    ).history  # fmt: skip
    assert len(set(history.rate)) > 1
    np.testing.assert_array_equal(history.rate, expected["learning_rate"])
    for name in training.MEASURED:
        np.testing.assert_allclose(history[name], expected[name], rtol=1e-6)
    for mine, kerases in zip(weights(ours), weights(theirs), strict=True):
        np.testing.assert_allclose(mine, kerases, rtol=1e-5, atol=1e-6)


def test_plateaus_are_those_of_kerases_callbacks():
    import keras

    model = make("keras")
    rng = np.random.default_rng(1)
    for patience in (1, 2, 3, 5):
        # steps around the smallest fall that counts, ties among them
        losses = list(1 - np.cumsum(rng.choice([-1e-4, 0, 5e-5, 1e-4, 2e-4], size=40)))
        reduce = keras.callbacks.ReduceLROnPlateau(patience=patience, factor=0.5)
        stop = keras.callbacks.EarlyStopping(patience=patience)
        model.optimizer.learning_rate = 1.0
        model.stop_training = False
        for callback in (reduce, stop):
            callback.set_model(model)
            callback.on_train_begin()
        for epoch, loss in enumerate(losses):
            before = float(model.optimizer.learning_rate)
            reduce.on_epoch_end(epoch, {"val_loss": loss})
            reduced = float(model.optimizer.learning_rate) < before
            seen = losses[: epoch + 1]
            assert loop._stalled(seen, patience, training.LEAST) == reduced
            if not model.stop_training:
                stop.on_epoch_end(epoch, {"val_loss": loss})
                assert loop._stalled(seen, patience) == model.stop_training


def test_early_stop_gives_the_best_epoch_also_after_a_resume(tmp_path):
    noise = Y[RNG.permutation(ITEMS)]  # learning this makes validation worse
    options = {
        "y": noise,
        "epochs": 60,
        "validation": (X[:10], Y[:10]),
        "stop_after": 2,
        "seed": 1,
    }
    model = make("torch")
    history = fit("torch", model, **options)
    best = int(history.val_loss.argmin()) + 1
    assert len(history) == best + 2 < 60

    until_best = make("torch")
    fit("torch", until_best, **(options | {"epochs": best, "stop_after": None}))
    assert same(model, until_best)

    checkpoint = tmp_path / "fold.safetensors"
    for epochs in (best + 1, 60):
        resumed = make("torch")
        fit("torch", resumed, **(options | {"epochs": epochs}), checkpoint=checkpoint)
        assert same(model, resumed)


def test_torch_step_against_hand_computation():
    import torch

    model = torch.nn.Linear(6, 3)
    weight, bias = (p.detach().numpy().astype(float) for p in model.parameters())
    history = fit(
        "torch", model, epochs=1, batch=ITEMS,
        optimizer=torch.optim.SGD(model.parameters(), lr=0.1),
    )  # fmt: skip
    scores = np.exp(X @ weight.T + bias)
    softmax = scores / scores.sum(1, keepdims=True)
    error = (softmax - Y) / ITEMS
    expected = weight - 0.1 * error.T @ X, bias - 0.1 * error.sum(0)
    for got, wanted in zip(model.parameters(), expected, strict=True):
        np.testing.assert_allclose(got.detach().numpy(), wanted, atol=1e-6)
    truth = Y.argmax(1)
    loss = -np.log(softmax[np.arange(ITEMS), truth]).mean()
    assert history.loss[0] == pytest.approx(loss, rel=1e-5)
    assert history.accuracy[0] == (softmax.argmax(1) == truth).mean()


def test_torch_takes_class_numbers_too():
    model, other = make("torch"), make("torch")
    fit("torch", model)
    fit("torch", other, y=Y.argmax(1).astype(np.int32))
    for a, b in zip(weights(model), weights(other), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_loss_that_is_not_a_number_ends_the_training(tmp_path):
    bad = X.copy()
    bad[7, 2] = np.nan
    checkpoint = tmp_path / "fold.safetensors"
    with pytest.raises(EmolibError, match="loss is nan in epoch 1: .* no epoch"):
        fit("keras", make("keras"), bad, checkpoint=checkpoint)
    assert not checkpoint.exists()


def test_checkpoint_of_another_call_is_refused(tmp_path):
    checkpoint = tmp_path / "fold.safetensors"
    options = {"checkpoint": checkpoint, "epochs": 2}
    fit("torch", make("torch"), **options)
    content = checkpoint.read_bytes()
    for change, message in [
        ({"seed": 6}, "seed is 6, was 5"),
        ({"batch": 4}, "batch is 4, was 8"),
        ({"y": Y[::-1].copy()}, "y is .*checksum"),
        ({"x": X.astype(float)}, "x is float64 .*, was float32"),
        ({"validation": VALIDATION}, "validation is"),
        ({"reduce_rate": (3, 0.5)}, "reduce_rate is"),
        ({"epochs": 1}, "epochs is 1, 2 are done"),
        ({"x": X + 1}, "x is .*checksum"),
    ]:
        with pytest.raises(UsageError, match=message):
            fit("torch", make("torch"), **(options | change))
    with pytest.raises(UsageError, match="model is"):
        fit("keras", make("keras"), **options)
    import torch

    another = make("torch")
    another[2].p = 0.1
    with pytest.raises(UsageError, match="model is"):
        fit("torch", another, **options)
    faster = make("torch")
    adam = torch.optim.Adam(faster.parameters(), lr=0.1)
    with pytest.raises(UsageError, match=r"rate is 0\.1, was 0\.001"):
        fit("torch", faster, optimizer=adam, **options)
    assert checkpoint.read_bytes() == content

    from safetensors import safe_open
    from safetensors.numpy import load, save

    with safe_open(checkpoint, framework="numpy") as file:
        notes = file.metadata()
    arrays = load(content)
    lost = min(name for name in arrays if name.startswith("optimizer"))
    checkpoint.write_bytes(save({k: v for k, v in arrays.items() if k != lost}, notes))
    with pytest.raises(UsageError, match="is damaged or was edited"):
        fit("torch", make("torch"), **options)

    checkpoint.write_bytes(content[: len(content) // 2])
    with pytest.raises(UsageError, match="no checkpoint"):
        fit("torch", make("torch"), **options)


@pytest.mark.parametrize(
    "wrong",
    [
        {"y": Y[:-1]},
        {"x": X[:0], "y": Y[:0]},
        {"validation": (X[:3], Y[:4])},
        {"epochs": 0},
        {"batch": 0},
        {"stop_after": 0},
        {"reduce_rate": (0, 0.5)},
        {"reduce_rate": (3, 1.5)},
    ],
)
def test_wrong_use_is_refused(wrong):
    with pytest.raises(UsageError):
        fit("torch", make("torch"), **wrong)


def test_progress_goes_to_standard_error(capsys):
    fit("torch", make("torch"), epochs=2, progress=True)
    out, err = capsys.readouterr()
    first, last = err.splitlines()
    assert not out
    assert first.startswith("epoch 1/2  loss ") and first.endswith(" s left")
    assert last.endswith("done")
    assert "val_" not in err


def test_checkpoints_are_written_by_time(tmp_path):
    checkpoint = tmp_path / "fold.safetensors"
    seen = []

    def at_read(rows):
        seen.append(epochs_in(checkpoint) if checkpoint.exists() else 0)

    fit(
        "torch", make("torch"), Reader(X, at_read), checkpoint=checkpoint, save_every=60
    )
    assert set(seen) == {0} and epochs_in(checkpoint) == 4  # the last one always


def test_a_step_of_ones_own_reports_what_it_measures():
    """Two heads, the second of them weighted by how often the first is right."""
    import torch

    class Heads(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = torch.nn.Linear(6, 3), torch.nn.Linear(6, 2)

        def forward(self, x):
            return {"first": self.first(x), "second": self.second(x)}

    def step(model, x, y):
        out = model(x)
        right = (out["first"].argmax(1) == y["first"]).float().mean()
        losses = [torch.nn.functional.cross_entropy(out[name], y[name]) for name in out]
        return losses[0] + right.detach() * losses[1], {"weight": right.item()}

    SEEDS["torch"](0)
    targets = {"first": Y.argmax(1), "second": (X[:, 4] > 0).astype(int)}
    model = Heads()
    history = fit("torch", model, y=targets, step=step, epochs=20)
    assert history.loss.iloc[-1] < history.loss[0]
    assert history.weight.iloc[-1] > history.weight[0]
    answers = with_torch.predict(model, X)
    assert {k: v.shape for k, v in answers.items()} == {
        "first": (ITEMS, 3), "second": (ITEMS, 2)
    }  # fmt: skip


def test_a_keras_model_with_several_outputs():
    import keras
    from keras import layers

    SEEDS["keras"](0)
    inputs = keras.Input((6,))
    outputs = {
        "first": layers.Dense(3, activation="softmax", name="first")(inputs),
        "second": layers.Dense(2, activation="softmax", name="second")(inputs),
    }
    model = keras.Model(inputs, outputs)
    model.compile(
        "adam", dict.fromkeys(outputs, "categorical_crossentropy"),
        metrics=dict.fromkeys(outputs, ["accuracy"]),
    )  # fmt: skip
    second = np.eye(2, dtype=np.float32)[(X[:, 4] > 0).astype(int)]
    history = fit("keras", model, y={"first": Y, "second": second}, epochs=3)
    assert {"first_accuracy", "second_loss"} <= set(history)
    assert history.loss.iloc[-1] < history.loss[0]
    assert with_keras.predict(model, X)["second"].shape == (ITEMS, 2)


def test_a_loss_of_ones_own_that_is_edited_is_traced_anew():
    import keras
    from keras import layers

    def network(sign):
        def loss(y, answers):
            return sign * keras.losses.categorical_crossentropy(y, answers)

        SEEDS["keras"](0)
        inputs = keras.Input((6,))
        model = keras.Model(inputs, layers.Dense(3, activation="softmax")(inputs))
        model.compile("adam", loss, metrics=["accuracy"])
        return training.traced(model, f"code {sign}")

    first = fit("keras", network(1), epochs=2)
    second = fit("keras", network(-1), epochs=2)
    assert first.loss[0] > 0 > second.loss[0]


def test_half_precision_leaves_a_processor_as_it_was():
    """`mixed` is for a GPU: without one the same numbers come out."""
    import torch

    histories = []
    for mixed in (False, True):
        with_torch.seed(0)
        x = np.random.default_rng(0).normal(size=(24, 6)).astype(np.float32)
        model = torch.nn.Linear(6, 2)
        told = training.fit_torch(
            model, x, np.arange(24) % 2, epochs=2, batch=8, seed=0,
            progress=False, mixed=mixed,
        )  # fmt: skip
        histories.append(told["loss"].tolist())
    assert histories[0] == histories[1]
