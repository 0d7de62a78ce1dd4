throw new Error('The file can not be loaded.')
