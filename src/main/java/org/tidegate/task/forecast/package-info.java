/**
 * Forecasting: the next values of time series. A {@link org.tidegate.task.forecast.ForecastSetup} names columns, targets, window and
 * horizon, {@link org.tidegate.task.forecast.Forecaster} is trained on a series, {@link org.tidegate.task.forecast.ForecasterAnswers} give
 * {@link org.tidegate.task.forecast.Forecast}s with intervals, and a {@link org.tidegate.task.forecast.ForecastStream} one after each
 * moment.
 */
package org.tidegate.task.forecast;
