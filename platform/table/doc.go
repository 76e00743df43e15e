// Package table reads and writes the tables that offices exchange: CSV and Excel.
package table
