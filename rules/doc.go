// Package rules loads a methodology, checks its units, and compiles it for an inventory's kind.
//
// A method is a YAML file whose formulas are expr text. Loading parses that text, brings it to an own typed form in which every node
// carries a unit, and refuses at its place whatever has no column kernel: there is no row-wise way beside the columns. What a formula
// may be made of is what operators.go and the table in functions.go say.
//
// # Units
//
// Columns, parameters, factors and quantities carry units; a number does where it is written q(400, "W"). A product has the product of
// the units. What is added, compared, chosen between or given to min and max must measure the same, and is converted by an exact factor
// that is folded in when the method is compiled: Wh and kWh, J and MWh, g and kg, a and h. Exponentials, logarithms and rounding take
// numbers alone.
//
// # Quantities and tiers
//
// A named quantity has one unit and one or more tiers. Per row the first tier is taken whose condition holds and whose every column,
// lookup and quantity has a value; the choice sets the row's quality class and is counted in the ledger. Quantities form a graph by the
// names that they use, in any order in the file; a cycle is an error, and what no result depends on is warned of (see Unused).
//
// # Ladders
//
// Energy is known at different boundaries. A ladder lists the steps from the narrowest boundary to the fullest; a quantity on a ladder
// says for each tier which rung it yields, and is read at a rung: energy_used.facility multiplies by the steps between, energy_used.it
// divides by them.
//
// # Normal form
//
// Compiling turns each formula into cases, of which a row is in at most one, and each case into a sum of
//
//	coefficient of the row × product of integer powers of parameters, factor values and other quantities
//
// so that rows which share the uncertain part can be added before anything is multiplied (see lca/amounts), and parameters can be drawn,
// changed or compared without reading a row again. A formula of parameters alone that is no product, exp(beta * batch), is one symbol,
// Derived from them. Of a formula without normal form the whole is the coefficient, marked Within by what it depends on; FlowRule says
// why, which parameters a coefficient holds, and what is chosen at point values.
//
// # Sharing out
//
// What the rows of a model bear can be shared out over what the model is stated to do (ShareOut): training over the tokens of its service. Counts and keys
// are formulas of a row, compiled apart from what a run computes (CompileShares), for a figure of this sort is an intensity and never part of a total. A use
// of the model per the same unit, of its deployments, and its training per unit can be added by who wants the sum: both are per token, the one of a year's
// operation, the other by a forecast, and the table keeps them as rows of their own.
//
// # Derivatives
//
// The derivative of an amount with respect to a symbol is that of its monomials, or where there is no normal form a formula of its own,
// evaluated as formulas are: see Runner.Derivatives.
//
// # Checks and ratings
//
// Files of checks (checks/) say in the same language what of a row is hardly meant, files of ratings (quality/) what its data are worth; to add one
// is to write it. Both are compiled for a kind and evaluated over its columns by whoever validates an inventory: no result depends on them.
// Beyond what methods may, they compare dates and name lists and definitions (see checkNames).
//
// # Strangers
//
// A method may come from anyone. Size and nesting are bounded before YAML and expr see a text, formulas in length, parts and depth, a
// kind's formulas together in parts, a normal form in terms and cases; what is over is an error at its place. A corpus of hostile
// files holds every step to a second and 64 MiB.
package rules
