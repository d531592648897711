// Package reports writes an edition's report from its result tables: text, tables and figures in one HTML file that opens offline.
//
// It computes no impact. It selects published cells, sorts them, adds them where a total has a meaning (Total) and shows what the
// ledger says of them. Whatever comes from data is escaped; what is missing is printed as not supplied, never as 0.
package reports

import "github.com/ai-impact-observatory/ailca/lca"

// Edition is all that a report is made of: one study's result tables and their provenance. All impacts belong to one study, scenario,
// method and factor pack.
type Edition struct {
	Study, Title, Goal, ScopeText string
	Edition                       string // its name, such as 2025
	Year                          int    // the calendar year of the headline figures
	Status                        string // draft or published
	Method, MethodTitle           string // Method as name@version
	MethodStatus                  string
	Pack, PackTitle               string // Pack as name@version
	PackStatus                    string
	Software                      string // name and version
	RunID                         string // short digest of what determines the results
	Licence                       string // of the report and its tables

	Impacts     []lca.Impact
	Totals      *Totals // of a table that is not held whole, in place of Impacts; nil: those of Impacts
	Ledger      []lca.Entry
	Intensities []lca.Intensity
	Listed      *Entries // of a table that is too large to be listed, in place of Intensities

	Sampling  string         // how figures were drawn, such as "10000 draws, random, seed 0"; empty: they were not
	Unreached string         // says that the study's tolerance of draws was not reached; empty: it was, or there is none
	Intervals []lca.Interval // of totals and their parts
	Rankings  []lca.Ranking  // of intensities
	Causes    []lca.Cause    // of the variance of the totals of the study's year

	Levers  []Lever           // in the order in which they are applied
	Effects []lca.LeverEffect // of the study's year

	Items    []Item
	Sources  []Source
	Gaps     []Statement // accepted by the study
	Overlaps []Statement // likewise, of rows that are different things

	Reconciliation []lca.Reconciliation // of all years; the report shows the study's
	CutOffs        []Statement
	Exclusions     []string
	Reproduce      []string // commands, in order; the last one makes this report
	Parameters     []Parameter
	Cases          []Case // published calculations that the program's methods were tried on, by case
}

// Item is an inventory row that is listed by name. Kind and Item find its results in the tables.
type Item struct {
	Kind, Item, Model, Organisation, Region, Hardware string
	Years                                             []int // the calendar years that it spans, ascending
	Scope, Quality, ComparisonClass                   string
	Source, URL, Licence                              string
	Assumption                                        string // what in the row is an assumption; may be empty
}

// Source is a line of the register: one source of one table.
type Source struct {
	Table, Source, URL, Licence string
	Rows                        int // of the table that rest on it
}

// Statement is a gap or a cut-off by name, with the reason given for it.
type Statement struct{ Name, Reason string }

// Parameter is a value that the method sets.
type Parameter struct {
	Name         string
	Value        float64
	Unit         string
	Distribution string
	Source       string
}

// Case is a number that somebody published, and what a method of the program gives for it. All are texts with their units.
type Case struct {
	Case, ID, What       string
	Published, Computed  string
	Off, Tolerance       string
	Result, Class        string // Result in words; Class: exact, derived, partial, fitted or recomputation
	Method, Source, Note string
}
