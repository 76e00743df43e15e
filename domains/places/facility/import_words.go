package facility

// importedYes are the ways in which files of offices say yes, in NFKC and lower
// case.
var importedYes = map[string]bool{
	"有": true, "有り": true, "可": true, "あり": true, "○": true, "◯": true, "〇": true, "はい": true, "対応": true,
	"1": true, "true": true, "yes": true,
}
