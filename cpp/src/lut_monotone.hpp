// The least energy among the tables whose channels do not fall along their own axes.
#pragma once

#include "lut_solver.hpp"

namespace harmonia {

// Whether red does not fall along red, green along green and blue along blue.
bool is_monotone(const FitLattice& grid, const Field& t);

// t comes in as the solution of A t = right and becomes the monotone field of least energy
// t' A t / 2 - right' t. Returns the faces that were searched.
//
// Gradient projection with conjugate gradients (More and Toraldo 1991): a step down the gradient,
// made monotone again, finds out which neighbours are equal; a few steps of conjugate gradients
// among the fields that are equal there find the way to go; both only ever lower the energy.
int make_monotone(LutSolver& solver, const Field& right, Field& t);

}  // namespace harmonia
