// Package db is the database of one municipality.
package db
