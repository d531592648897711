package diag

// Code names a kind of problem for ever: scripts may match it. Codes are only ever added to the list below.
type Code string

const (
	Usage            Code = "usage"
	NotFound         Code = "not-found"
	Syntax           Code = "syntax"
	TooLarge         Code = "too-large"
	Refused          Code = "refused-construct"
	UnknownKey       Code = "unknown-key"
	MissingKey       Code = "missing-key"
	BadValue         Code = "bad-value"
	UnknownName      Code = "unknown-name"
	DuplicateName    Code = "duplicate-name"
	Cycle            Code = "cycle"
	BadType          Code = "bad-type"
	BadUnit          Code = "bad-unit"
	UnitMismatch     Code = "unit-mismatch"
	MissingColumn    Code = "missing-column"
	UnknownColumn    Code = "unknown-column"
	OutOfRange       Code = "out-of-range"
	DuplicateID      Code = "duplicate-id"
	UnknownReference Code = "unknown-reference"
	BadParquet       Code = "bad-parquet"
	MissingValue     Code = "missing-value"
	BadDistribution  Code = "bad-distribution"
	MissingFactor    Code = "missing-factor"
	MissingAmount    Code = "missing-amount"
	NoPeriod         Code = "no-period"
	Overflow         Code = "overflow"
	NotFinite        Code = "not-finite"
	UnusedGap        Code = "unused-gap"
	UnusedName       Code = "unused-name"
	NoTotal          Code = "no-total"
	BadFigure        Code = "implausible-factor"
	MissingFile      Code = "missing-file"
	NegativeTotal    Code = "negative-total"
	ExampleFailed    Code = "example-failed"
	NotRead          Code = "not-read"
	DigestMismatch   Code = "digest-mismatch"
	NegativeWater    Code = "negative-water"
	NoLicence        Code = "no-licence"
	Confidential     Code = "confidential"
	LicenceForbids   Code = "licence-forbids"
	ShareAlike       Code = "share-alike"
	UnlistedFile     Code = "unlisted-file"
	NotAFile         Code = "not-a-file"
	ChangedFile      Code = "changed-while-read"
	SecondReader     Code = "second-reader"
	TablesDiffer     Code = "tables-differ"
	DuplicateRow     Code = "duplicate-row"
	SuspectedTwin    Code = "suspected-duplicate"
	Overlap          Code = "overlap"
	Implausible      Code = "implausible-value"
	Inconsistent     Code = "inconsistent-values"
	BoundaryMix      Code = "boundary-mix"
	PersonalData     Code = "personal-data"
	UnknownLicence   Code = "unknown-licence"
	NoAssumption     Code = "unstated-assumption"
	UnknownPlace     Code = "unknown-place"
	NotDrawn         Code = "not-drawn"
	Copied           Code = "copied-inputs"
	NotPublishable   Code = "not-publishable"
)

// Findings are the codes that a check of plausibility may give what it finds, see rules.CheckFile.
var Findings = []Code{Implausible, Inconsistent, BoundaryMix, UnknownLicence, NoAssumption, UnknownPlace}

// exits gives each code's exit code: 2 usage or configuration, 3 invalid input, 4 calculation refused while all files are valid.
var exits = map[Code]int{
	Usage: 2, NotFound: 2,
	MissingFactor: 4, MissingAmount: 4, NoPeriod: 4, Overflow: 4, NotFinite: 4, NoTotal: 4, NegativeTotal: 4, ExampleFailed: 4,
}

// Exit is the process's exit code where a problem of this code is an error.
func (c Code) Exit() int {
	if e, ok := exits[c]; ok {
		return e
	}
	return 3
}
