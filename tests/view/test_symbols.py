"""How values are called on the screen."""

from __future__ import annotations

from nnstep.view.text.symbols import label


def test_labels_of_values() -> None:
    assert label("grad(W1)") == "∂L/∂W1"
    assert label("grad(x)", "z") == "∂z/∂x"
    assert label("x @ W1.T") == "x @ W1ᵀ"
    assert label("grad(h1) via o") == "∂L/∂h1 via o"
    assert label("grad(x @ W1)") == "∂L/∂(x @ W1)"
    assert label("sum(x @ W1)") == "Σ(x @ W1)"
    assert label("grad(sigmoid(z))") == "∂L/∂σ(z)"
    assert label("grad(a) - sum(grad(a) * a)") == "∂L/∂a − Σ(∂L/∂a ⊙ a)"
