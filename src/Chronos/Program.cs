using Chronos.CommandLine;

return await new ChronosProgram(CommandContext.OfProcess()).RunAsync(args);
