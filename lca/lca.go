// Package lca holds the vocabulary of an AI life-cycle assessment: impact categories, life-cycle stages, the rows of result tables and
// the numbers of file formats. Words are those of ISO 14040 and 14044. It computes nothing.
package lca

// Format numbers: one for each file format, raised when a reader of the former number could go wrong. The list is only added to.
const (
	ImpactsFormat     = 1
	LedgerFormat      = 1
	IntensitiesFormat = 1
	// RunFormat is that of run.json:
	//
	//	2: names the study's file and what the command asked for in place of what it says; the study itself is among the outputs
	RunFormat     = 2
	AmountsFormat = 1

	ReconciliationFormat = 1

	IntervalsFormat = 1
	RankingsFormat  = 1
	CausesFormat    = 1
	QuantilesFormat = 1

	ComparisonFormat = 1

	FleetFlowFormat   = 1
	DriverValueFormat = 1
	SectorFormat      = 1
	ScaledFormat      = 1

	DecompositionFormat = 1
	LeversFormat        = 1
	EditionFormat       = 1
	// ReportFormat is that of report.json:
	//
	//	2: says what edition the report is of, with the totals that lead it
	ReportFormat = 2

	TraceFormat = 1
	// ResultsVersion is raised whenever the same inputs give another result:
	//
	//	3: the ledger says of rows that a study filters out that they are, and no more how well each quantity would be known
	ResultsVersion = 3
)
