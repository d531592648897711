package factors

// Indicators is how many indicators the pedigree matrix has.
const Indicators = 5

// ScoresVariance is the variance of the logarithm that scores of the matrix's indicators add to a basic one: reliability, completeness, temporal, geographical and
// technological correlation, each 1 to 5; PedigreeSource.
func ScoresVariance(scores [Indicators]int) (sum float64) {
	for i, s := range scores {
		sum += Pedigree()[5*i+s-1].Variance
	}
	return sum
}
