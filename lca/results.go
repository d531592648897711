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

// Reconciliation is the account of the burdens of one type of device in a calendar year, over which the service and the fleet perspective meet:
//
//	Opening + Manufactured = Services + Unused + WrittenOff + Closing
//
// to the bit, where all of them are known. It stands in no total.
type Reconciliation struct {
	Study        string   `col:"study"`
	Scenario     string   `col:"scenario"`
	Organisation string   `col:"organisation"` // null where the study reconciles all owners together
	Hardware     string   `col:"hardware"`
	Year         int      `col:"year"`     // 0: all years
	Category     string   `col:"category"` // null: all categories
	Unit         string   `col:"unit"`
	Opening      *float64 `col:"opening"`            // what of earlier years' manufacture is not amortised
	Manufactured *float64 `col:"manufactured"`       // of devices put into service in the year
	Services     *float64 `col:"amortised_services"` // to services
	Unused       *float64 `col:"amortised_unused"`   // to capacity that no service used
	WrittenOff   *float64 `col:"written_off"`        // of devices that were retired before the end of their service life
	Closing      *float64 `col:"closing"`
	BeyondLife   *float64 `col:"charged_beyond_life"` // what the service perspective counts on top, for hours of devices beyond their service life
	Status       string   `col:"status"`              // reconciled, not reconciled
	Why          string   `col:"why"`                 // it is not
	Note         string   `col:"note"`                // what both sides lack
	Method       string   `col:"method"`
	Pack         string   `col:"factor_pack"`
}

// Entry is a line of the ledger, which accounts for every input row and every part of a result.
//
// Of type rows: how many rows of a kind a quantity's class, or what kept them out, accounts for; they add up to the inventory's rows.
// Of type tier: in which of its ways, tried in their order, a quantity was found for how many rows of the total.
// Of type value: how much of a total stands in each class; they add up to the total. Of type fallback: how much of a total uses a factor found
// by a step from what was asked. Of type gap: what was refused under an accepted gap, Value null. Of type cut_off: what the method leaves out.
// Of type coverage: the share of facility energy that a category's total covers. Of type share_out: how much of what the rows of models bear, over all years
// and whatever total it stands in, the intensity table shares out by Subject, and how much it does not.
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

// Interval is how sure a sum of cells of the impact table is: of a total, or of the part of it in which a column has a value. Quantiles of cells do not add
// up; these are of the sum.
type Interval struct {
	Study       string   `col:"study"`
	Scenario    string   `col:"scenario"`
	Year        int      `col:"year"`
	Category    string   `col:"category"`
	Unit        string   `col:"unit"`
	Perspective string   `col:"perspective"`
	Accounting  string   `col:"accounting"`
	By          string   `col:"by"`   // total, stage, kind, quality, model, organisation, region or hardware
	Name        string   `col:"name"` // of the stage and so on; null of a total
	Value       float64  `col:"value"`
	P05         float64  `col:"p05"`
	P50         float64  `col:"p50"`
	P95         float64  `col:"p95"`
	P05Error    float64  `col:"p05_error"` // half of a 95 % interval of the quantile itself: how far it may be off for the number of draws
	P95Error    float64  `col:"p95_error"`
	Mean        float64  `col:"mean"`
	CV          *float64 `col:"cv"` // standard deviation over mean
	Method      string   `col:"method"`
	Pack        string   `col:"factor_pack"`
}

// Quantile is a quantile that the study asks for beside those of Interval, of the same sums.
type Quantile struct {
	Study       string  `col:"study"`
	Scenario    string  `col:"scenario"`
	Year        int     `col:"year"`
	Category    string  `col:"category"`
	Unit        string  `col:"unit"`
	Perspective string  `col:"perspective"`
	Accounting  string  `col:"accounting"`
	By          string  `col:"by"`
	Name        string  `col:"name"`
	Probability float64 `col:"probability"`
	Value       float64 `col:"value"`
	Low         float64 `col:"low"` // a 95 % interval of the quantile itself
	High        float64 `col:"high"`
	Method      string  `col:"method"`
	Pack        string  `col:"factor_pack"`
}

// Cause is what part of the variance of a figure an uncertain quantity explains. First is the Sobol index of first order, what would go if the quantity were
// known; Total includes what it does together with others.
type Cause struct {
	Study       string  `col:"study"`
	Scenario    string  `col:"scenario"`
	Year        int     `col:"year"`
	Category    string  `col:"category"`
	Perspective string  `col:"perspective"`
	Accounting  string  `col:"accounting"`
	Origin      string  `col:"origin"`   // parameter, factor or inventory
	Quantity    string  `col:"quantity"` // null: all of the origin together
	First       float64 `col:"first"`
	FirstError  float64 `col:"first_error"` // standard error
	Total       float64 `col:"total"`
	TotalError  float64 `col:"total_error"`
	Method      string  `col:"method"`
	Pack        string  `col:"factor_pack"`
}

// Ranking is an intensity's place among those that it may be compared with, the largest first.
type Ranking struct {
	Study           string   `col:"study"`
	Scenario        string   `col:"scenario"`
	Kind            string   `col:"kind"`
	FunctionalUnit  string   `col:"functional_unit"`
	ComparisonClass string   `col:"comparison_class"`
	Category        string   `col:"category"`
	Unit            string   `col:"unit"`
	Perspective     string   `col:"perspective"`
	Accounting      string   `col:"accounting"`
	Place           int      `col:"place"`
	Item            string   `col:"item"`
	Model           string   `col:"model"`
	Organisation    string   `col:"organisation"`
	Region          string   `col:"region"`
	Hardware        string   `col:"hardware"`
	Year            int      `col:"year"`
	Scope           string   `col:"scope"`
	Value           float64  `col:"value"`
	P05             float64  `col:"p05"`
	P50             float64  `col:"p50"`
	P95             float64  `col:"p95"`
	Below           *float64 `col:"below"`           // probability that the one before it is larger; null of the first
	Distinguishable bool     `col:"distinguishable"` // it is at least 0.9; false of the first
	Method          string   `col:"method"`
	Pack            string   `col:"factor_pack"`
}

// Amount is a cell of the amounts table: an exact sum of what a rule reads off the rows of one group, before anything uncertain is multiplied. Tables of
// parts of an inventory add up to that of the whole.
type Amount struct {
	Kind         string  `col:"kind"`
	Rule         string  `col:"rule"`
	RuleNumber   int64   `col:"rule_number"` // among the kind's rules, from 0
	Unit         string  `col:"unit"`        // of the amount
	Status       string  `col:"status"`      // what its rows take part in
	Year         int     `col:"year"`
	Quality      string  `col:"quality"`
	Units        string  `col:"units"` // for each functional unit of the kind 1 where the rows count it, else 0
	Item         string  `col:"item"`
	Model        string  `col:"model"`
	Organisation string  `col:"organisation"`
	Region       string  `col:"region"`
	Hardware     string  `col:"hardware"`
	Comparison   string  `col:"comparison"` // words of the comparison classes' columns: a JSON list
	Lookup       string  `col:"lookup"`     // region and technology by which the factor is found: a JSON list; null where the rule states the value itself
	Unless       string  `col:"unless"`     // of the factor whose boundary may hold the amount already
	Monomial     string  `col:"monomial"`   // what the amount is multiplied by: a JSON list of names and exponents; null where it cannot be computed
	Amount       float64 `col:"amount"`     // the sum, rounded
	Sum          string  `col:"sum"`        // the sum in quanta of 2^-128, a two's complement number of 48 hexadecimal digits
	Rows         int64   `col:"rows"`
	Whole        int64   `col:"whole_rows"`   // those of them that no other cell of the rule counts
	FirstFile    int64   `col:"first_file"`   // of the first row, among the inputs that the metadata lists of the kind, from 0
	FirstRow     int64   `col:"first_row"`    // its number, from 1
	Squares      string  `col:"squares"`      // the sum of the amounts' squares × 2^-32, likewise; null where it is not kept; tables before had no such column
	Largest      string  `col:"largest"`      // the four amounts of largest magnitude, 0 for none: a JSON list; null where they are not kept
	LargestRows  string  `col:"largest_rows"` // numbers that tell their rows from others, by content: a JSON list of hexadecimal numbers; null likewise
}

// ComparisonPart is what an item of a cause does to the difference of two studies' totals, or, where By names a column, what a cause does to the part of a total in which that
// column has a value. Parts of one total, or of one name in it, add up to the difference in float64, in any order but for those of the cause rounding, which is last.
type ComparisonPart struct {
	StudyA      string   `col:"study_a"`
	StudyB      string   `col:"study_b"`
	MethodA     string   `col:"method_a"`
	MethodB     string   `col:"method_b"`
	PackA       string   `col:"factor_pack_a"`
	PackB       string   `col:"factor_pack_b"`
	Year        int      `col:"year"`
	Category    string   `col:"category"`
	Unit        string   `col:"unit"`
	Perspective string   `col:"perspective"`
	Accounting  string   `col:"accounting"`
	By          string   `col:"by"`         // total, or a column of the impact table
	Name        string   `col:"name"`       // null of a total
	A           *float64 `col:"a"`          // null: there is none
	B           *float64 `col:"b"`          // null: there is none
	Difference  *float64 `col:"difference"` // of a total null where one of the two has none
	Cause       string   `col:"cause"`      // null where there is no part
	Item        string   `col:"item"`       // null where the cause is told as a whole
	Part        *float64 `col:"part"`
	CausePart   *float64 `col:"cause_part"` // the sum of the cause's parts of the total, with its percentiles, on each row of the cause
	CauseP05    *float64 `col:"cause_p05"`
	CauseP95    *float64 `col:"cause_p95"`
	Detail      string   `col:"detail"` // what the item is
	Was         string   `col:"was"`    // where it stands in A, file:line
	Now         string   `col:"now"`
}

// FleetFlow is what a projection has of the devices in service of a region in a calendar year, at its end: Stock = Opening + Shipments - Retirements, and
// RetiredMass = Reused + Collected + Uncollected, EWaste = Collected + Uncollected, each to the bit. Of the base year no flows are told, for these are what is documented.
type FleetFlow struct {
	Study       string   `col:"study"`
	Scenario    string   `col:"scenario"`
	Year        int      `col:"year"`
	Region      string   `col:"region"`
	Documented  *float64 `col:"documented_shipments"` // of the base year: devices put into service by the inventory; null of later years
	Opening     *float64 `col:"opening"`              // devices in service at the end of the year before
	Shipments   *float64 `col:"shipments"`
	Retirements *float64 `col:"retirements"`
	Stock       float64  `col:"stock"`
	Idle        *float64 `col:"idle"`         // of the stock, what is not needed
	MeanAge     *float64 `col:"mean_age"`     // years
	RetiredMass *float64 `col:"retired_mass"` // kg; null where the mass of devices is not known, or the method counts none
	Reused      *float64 `col:"reused"`
	EWaste      *float64 `col:"e_waste"`
	Collected   *float64 `col:"collected"`
	Uncollected *float64 `col:"uncollected"`
	Method      string   `col:"method"`
	Pack        string   `col:"factor_pack"`
}

// DriverValue is what a scenario takes a driver to be in a calendar year.
type DriverValue struct {
	Study    string   `col:"study"`
	Scenario string   `col:"scenario"`
	Ref      string   `col:"scenario_ref"` // name@version
	Driver   string   `col:"driver"`
	Region   string   `col:"region"` // null: all, or all others
	Task     string   `col:"task"`
	Category string   `col:"category"`
	Kind     string   `col:"kind"`
	Year     int      `col:"year"`
	Unit     string   `col:"unit"`
	Value    *float64 `col:"value"` // null: the scenario says nothing of it, and what it acts on stays as in the base year
	Ratio    *float64 `col:"ratio"` // to the base year
	Basis    string   `col:"basis"`
	Source   string   `col:"source"`

	Distribution string `col:"distribution"` // of the value in the last year, relative to it; null: none is stated
}

// Sector is the electricity of a sector of which AI is a part, from above, beside what is documented. Documented activities are no estimate of the sector's: Coverage says how much of it
// they are, and what they come to scaled to it is Documented over Coverage.
type Sector struct {
	Study      string   `col:"study"`
	Scenario   string   `col:"scenario"`
	Year       int      `col:"year"`
	Region     string   `col:"region"` // a code, or a region of the scenario
	Title      string   `col:"title"`
	Sector     *float64 `col:"sector"`   // TWh; null: the scenario has AI alone
	Share      *float64 `col:"ai_share"` // null: the scenario says none
	AI         *float64 `col:"ai"`       // TWh
	Documented *float64 `col:"documented"`
	Gap        *float64 `col:"gap"`      // AI less Documented, TWh
	Coverage   *float64 `col:"coverage"` // Documented over AI
	Basis      string   `col:"basis"`
	Source     string   `col:"source"`
}

// LeverEffect is what a lever changes of a total of a study's year: alone, and where it is applied after those that stand before it. Differences are new less old: less is better. What several
// levers do together is the sum of what each adds.
type LeverEffect struct {
	Study       string   `col:"study"`
	Position    int      `col:"position"` // in the order in which levers are applied, from 1; 0 of all together
	Lever       string   `col:"lever"`    // name@version; null of all together
	Title       string   `col:"title"`
	Area        string   `col:"area"`
	Year        int      `col:"year"`
	Category    string   `col:"category"`
	Unit        string   `col:"unit"`
	Perspective string   `col:"perspective"`
	Accounting  string   `col:"accounting"`
	Base        float64  `col:"base"`       // the total without the lever: the study's, or where Apart says something that with the factors of its own
	Difference  *float64 `col:"difference"` // of the lever alone; null: with it the total lacks factors that it does not lack without
	P05         *float64 `col:"p05"`        // percentiles of paired draws; null: nothing was drawn
	P95         *float64 `col:"p95"`
	Added       *float64 `col:"added"` // what it adds to those before it; null: it is excluded by one of them, or the total lacks factors
	AddedP05    *float64 `col:"added_p05"`
	AddedP95    *float64 `col:"added_p95"`
	Complete    bool     `col:"complete"` // false: a part of the total is refused under an accepted gap, without the lever already
	Method      string   `col:"method"`
	Pack        string   `col:"factor_pack"`
	Apart       string   `col:"apart,rare"` // attributional or consequential: base and difference are of two cases with factors of their own, by that approach; null: base is the study's total
}

// DriverChange is what a driver does to the change of a total between two scenarios or two years of one, by LMDI. Parts of one total add up to Difference in float64, the one named
// rounding last.
type DriverChange struct {
	Study       string  `col:"study"`
	ScenarioA   string  `col:"scenario_a"`
	YearA       int     `col:"year_a"`
	ScenarioB   string  `col:"scenario_b"`
	YearB       int     `col:"year_b"`
	Category    string  `col:"category"`
	Unit        string  `col:"unit"`
	Perspective string  `col:"perspective"`
	Accounting  string  `col:"accounting"`
	A           float64 `col:"a"`
	B           float64 `col:"b"`
	Difference  float64 `col:"difference"`
	Driver      string  `col:"driver"`
	Part        float64 `col:"part"`
	Method      string  `col:"method"`
	Pack        string  `col:"factor_pack"`
}

// Scaled is a total of documented activities scaled to the electricity of AI in the world as a scenario has it, from above: Documented over the coverage of the base year. It is an estimate of
// another kind than what is documented, as sure as the scenario's figures are, and rests on documented activities being like all others.
type Scaled struct {
	Study       string  `col:"study"`
	Scenario    string  `col:"scenario"`
	Year        int     `col:"year"`
	Category    string  `col:"category"`
	Unit        string  `col:"unit"`
	Perspective string  `col:"perspective"`
	Accounting  string  `col:"accounting"`
	Documented  float64 `col:"documented"`
	Factor      float64 `col:"factor"` // one over the coverage of the base year
	Scaled      float64 `col:"scaled_to_sector"`
	Basis       string  `col:"basis"`
	Source      string  `col:"source"` // of the sector's electricity
	Method      string  `col:"method"`
	Pack        string  `col:"factor_pack"`
}
