@echo off
echo Zürich
