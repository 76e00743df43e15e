// Kakehashi (かけはし, "bridge") is a city's place of collaboration as
// software: one program, one database.
package main

import (
	"os"

	"kakehashi/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
