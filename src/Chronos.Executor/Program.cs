using Chronos.Executor;

return await ExecutorProgram.RunAsync(args, CancellationToken.None);
