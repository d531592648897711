package lca

// Row types of the result tables, in the order of their columns. A string that is empty stands as null in the file: a group
// column that group_by did not ask for, for example. Value units are the category's; see the column unit.

// Impact is a cell of the tidy impact table: the part of a category's result that one group, stage and quality class contributed
// in one calendar year.
type Impact struct {
	Study          string   `col:"study"`
	Scenario       string   `col:"scenario"`
	Year           int      `col:"year"`
	Stage          string   `col:"stage"`
	Category       string   `col:"category"`
	Unit           string   `col:"unit"`
	Perspective    string   `col:"perspective"`
	Accounting     string   `col:"accounting"` // what does not depend on it stands under each
	ShareOf        string   `col:"share_of"`   // only rows with total add up to a total
	Kind           string   `col:"kind"`
	Item           string   `col:"item"`
	FunctionalUnit string   `col:"functional_unit"`
	Model          string   `col:"model"`
	Organisation   string   `col:"organisation"`
	Region         string   `col:"region"`
	Hardware       string   `col:"hardware"`
	Value          float64  `col:"value"`
	P05            *float64 `col:"p05"` // null: intervals not computed
	P50            *float64 `col:"p50"`
	P95            *float64 `col:"p95"`
	Quality        string   `col:"quality"` // the worst class used
	Method         string   `col:"method"`
	Pack           string   `col:"factor_pack"`
}

// Entry is a line of the ledger, which accounts for every input row and every part of a result.
//
// Of type rows: how many rows of a kind a quantity's class, or what kept them out, accounts for; they add up to the inventory's rows.
// Of type tier: in which of its ways, tried in their order, a quantity was found for how many rows of the total.
// Of type value: how much of a total stands in each class; they add up to the total. Of type fallback: how much of a total uses a factor found
// by a step from what was asked. Of type gap: what was refused under an accepted gap, Value null. Of type cut_off: what the method leaves out.
// Of type coverage: the share of facility energy that a category's total covers.
type Entry struct {
	Study       string   `col:"study"`
	Scenario    string   `col:"scenario"`
	Type        string   `col:"type"`
	Year        int      `col:"year"` // 0: all years
	Perspective string   `col:"perspective"`
	Accounting  string   `col:"accounting"`
	Kind        string   `col:"kind"`
	Subject     string   `col:"subject"` // a quantity, a factor or a stage
	Category    string   `col:"category"`
	Unit        string   `col:"unit"`
	Class       string   `col:"class"`  // measured, reported, modelled, defaulted, refused, cut_off, outside_total, ...
	Detail      string   `col:"detail"` // the step taken, the reason given
	Rows        int64    `col:"rows"`
	Value       *float64 `col:"value"`
	Share       *float64 `col:"share"` // of the total of Type value's category and year, 0 to 1
}

// Intensity is a sum of impacts over a sum of units, within one comparison class.
type Intensity struct {
	Study           string   `col:"study"`
	Scenario        string   `col:"scenario"`
	Year            int      `col:"year"`
	Category        string   `col:"category"`
	Unit            string   `col:"unit"` // such as kg CO2e/request
	Perspective     string   `col:"perspective"`
	Accounting      string   `col:"accounting"`
	Kind            string   `col:"kind"`
	Scope           string   `col:"scope"`
	FunctionalUnit  string   `col:"functional_unit"`
	ComparisonClass string   `col:"comparison_class"`
	Item            string   `col:"item"`
	Model           string   `col:"model"`
	Organisation    string   `col:"organisation"`
	Region          string   `col:"region"`
	Hardware        string   `col:"hardware"`
	Impact          float64  `col:"impact"` // in the category's unit
	Units           float64  `col:"units"`  // in functional units
	Value           float64  `col:"value"`  // Impact / Units
	P05             *float64 `col:"p05"`
	P50             *float64 `col:"p50"`
	P95             *float64 `col:"p95"`
	Quality         string   `col:"quality"`
	Complete        bool     `col:"complete"` // false: a part was refused under an accepted gap
	Method          string   `col:"method"`
	Pack            string   `col:"factor_pack"`
}
