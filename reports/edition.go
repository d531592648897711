// Package reports writes an edition's report from its result tables: text, tables and figures in one HTML file that opens offline.
//
// It computes no impact. It selects published cells, sorts them, adds them where a total has a meaning (Total) and shows what the
// ledger says of them. Whatever comes from data is escaped; what is missing is printed as not supplied, never as 0.
//
// Figures draw without colours: style.css names the colours of light and of dark pages, and figure.css gives each look of a figure one of them. A reader
// who prefers dark pages gets them on a screen; paper is light. The card of a report is a picture of its own and has its own colours.
package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Edition is all that a report is made of: one study's result tables and their provenance. All impacts belong to one study, scenario,
// method and factor pack.
type Edition struct {
	Study        string                 `json:"study"`
	Title        string                 `json:"title"`
	Goal         string                 `json:"goal,omitempty"`
	Language     string                 `json:"language,omitempty"`     // of the texts of the study; empty: en
	Languages    []string               `json:"languages,omitempty"`    // of the report; empty: en
	Review       *Review                `json:"review,omitempty"`       // nil: the study was not critically reviewed
	Translations map[string]Translation `json:"translations,omitempty"` // of title, goal and scope, by language
	ScopeText    string                 `json:"scope,omitempty"`
	Edition      string                 `json:"edition,omitempty"` // its name, such as 2025
	Year         int                    `json:"year"`              // the calendar year of the headline figures
	Status       string                 `json:"status"`            // draft or published
	Method       string                 `json:"method"`            // as name@version
	MethodTitle  string                 `json:"method_title,omitempty"`
	MethodStatus string                 `json:"method_status,omitempty"`
	Pack         string                 `json:"factor_pack"` // as name@version
	PackTitle    string                 `json:"factor_pack_title,omitempty"`
	PackStatus   string                 `json:"factor_pack_status,omitempty"`
	Software     string                 `json:"software"`          // name and version
	RunID        string                 `json:"run_id"`            // short digest of what determines the results
	Licence      string                 `json:"licence,omitempty"` // of the report and its tables

	Impacts     []lca.Impact    `json:"-"`
	Totals      *Totals         `json:"-"` // of a table that is not held whole, in place of Impacts; nil: those of Impacts
	Ledger      []lca.Entry     `json:"-"`
	Intensities []lca.Intensity `json:"-"`
	Listed      *Entries        `json:"-"` // of a table that is too large to be listed, in place of Intensities

	Sampling  string         `json:"sampling,omitempty"`  // how figures were drawn, such as "10000 draws, random, seed 0"; empty: they were not
	Unreached string         `json:"unreached,omitempty"` // says that the study's tolerance of draws was not reached; empty: it was, or there is none
	Intervals []lca.Interval `json:"-"`                   // of totals and their parts
	Rankings  []lca.Ranking  `json:"-"`                   // of intensities
	Causes    []lca.Cause    `json:"-"`                   // of the variance of the totals of the study's year

	Levers  []Lever           `json:"levers,omitempty"` // in the order in which they are applied
	Effects []lca.LeverEffect `json:"-"`                // of the study's year

	Before  *Before  `json:"-"` // nil: no former edition is part of the report
	Outlook *Outlook `json:"-"` // nil: no projection is part of the report

	Items    []Item      `json:"items,omitempty"`
	Sources  []Source    `json:"sources,omitempty"`
	Gaps     []Statement `json:"gaps,omitempty"`     // accepted by the study
	Overlaps []Statement `json:"overlaps,omitempty"` // likewise, of rows that are different things

	Reconciliation []lca.Reconciliation `json:"-"` // of all years; the report shows the study's
	CutOffs        []Statement          `json:"cut_offs,omitempty"`
	Exclusions     []string             `json:"exclusions,omitempty"`
	Reproduce      []string             `json:"reproduce,omitempty"` // commands, in order; the last one makes this report
	Explain        string               `json:"explain,omitempty"`   // the command that derives figures of the study, without what picks them; empty: none does
	Rules          []Rule               `json:"rules,omitempty"`     // of the method, that give totals
	Parameters     []Parameter          `json:"parameters,omitempty"`
	Cases          []Case               `json:"cases,omitempty"`    // published calculations that the program's methods were tried on, by case
	Holdings       []Holding            `json:"holdings,omitempty"` // how many items stand in Totals, where items have names
	Factors        []FactorAge          `json:"factors,omitempty"`  // what the totals of the study's year were calculated with
}

// FactorAge is how many rows of a factor were used that describe a year.
type FactorAge struct {
	Factor string `json:"factor"`
	Year   int    `json:"year,omitempty"` // 0: they are not of a year
	Rows   int    `json:"rows"`
}

// Holding is how many distinct items of a kind stand in a perspective's totals of the study's year, and in those of all years.
type Holding struct {
	Perspective string `json:"perspective"`
	Kind        string `json:"kind"`
	Now         int    `json:"now"`
	Ever        int    `json:"ever"`
}

// Item is an inventory row that is listed by name. Kind and Item find its results in the tables.
type Item struct {
	Kind            string `json:"kind"`
	Item            string `json:"item"`
	Model           string `json:"model,omitempty"`
	Organisation    string `json:"organisation,omitempty"`
	Region          string `json:"region,omitempty"`
	Hardware        string `json:"hardware,omitempty"`
	Years           []int  `json:"years,omitempty"` // the calendar years that it spans, ascending
	Scope           string `json:"scope,omitempty"`
	Quality         string `json:"quality,omitempty"`
	ComparisonClass string `json:"comparison_class,omitempty"`
	Source          string `json:"source,omitempty"`
	URL             string `json:"url,omitempty"`
	Licence         string `json:"licence,omitempty"`
	Assumption      string `json:"assumption,omitempty"` // what in the row is an assumption; may be empty
}

// Source is a line of the register: one source of one table.
type Source struct {
	Table   string `json:"table"`
	Source  string `json:"source"`
	URL     string `json:"url,omitempty"`
	Licence string `json:"licence,omitempty"`
	Rows    int    `json:"rows"` // of the table that rest on it
}

// Statement is a gap or a cut-off by name, with the reason given for it.
type Statement struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Parameter is a value that the method sets.
type Parameter struct {
	Name         string  `json:"name"`
	Value        float64 `json:"value"`
	Unit         string  `json:"unit"`
	Distribution string  `json:"distribution,omitempty"`
	Source       string  `json:"source,omitempty"`
}

// Case is a number that somebody published, and what a method of the program gives for it. All are texts with their units.
type Case struct {
	Case      string `json:"case"`
	ID        string `json:"id"`
	What      string `json:"what"`
	Published string `json:"published"`
	Computed  string `json:"computed"`
	Off       string `json:"off,omitempty"`
	Tolerance string `json:"tolerance,omitempty"`
	Result    string `json:"result"` // in words
	Class     string `json:"class"`  // exact, derived, partial, fitted or recomputation
	Method    string `json:"method"`
	Source    string `json:"source"`
	Note      string `json:"note,omitempty"`
}

// editionFile is edition.json: what a report says beside the result tables.
type editionFile struct {
	Format  int      `json:"format"`
	Edition *Edition `json:"edition"`
}

// WriteText writes what of the edition stands in none of the result tables, as JSON.
func (e *Edition) WriteText(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	return out.Encode(editionFile{lca.EditionFormat, e})
}

// ReadText reads what WriteText wrote; the tables are left to the caller.
func ReadText(r io.Reader) (*Edition, error) {
	var format struct {
		Format int `json:"format"`
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &format); err != nil {
		return nil, err
	}
	if format.Format != lca.EditionFormat {
		return nil, fmt.Errorf("it has format %d; this version of the program reads %d", format.Format, lca.EditionFormat)
	}
	var f editionFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	if f.Edition == nil {
		return nil, errors.New("it says nothing of an edition")
	}
	for i, l := range f.Edition.Languages {
		if !slices.Contains(Languages(), l) || slices.Contains(f.Edition.Languages[:i], l) {
			return nil, fmt.Errorf("it is to be in %q, which this version of the program does not write, or twice", l)
		}
	}
	return f.Edition, nil
}
